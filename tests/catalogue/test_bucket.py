import dataclasses
import socket
from pathlib import Path

import boto3
import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from carneau.catalogue import bucket, images, pictures, storage
from carneau.catalogue.models import Event
from carneau.core import outbox, settings
from carneau.core.db import db, transaction
from tests.catalogue.test_images import picture
from tests.making import make_event


@pytest.fixture(scope="module")
def s3():
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in keys.items():
            environment.setenv(name, value)
        host, port = server.get_host_and_port()
        client = boto3.client("s3", endpoint_url=f"http://{host}:{port}")
        client.create_bucket(Bucket="posters", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield client
    server.stop()


@pytest.fixture
def use(app, tmp_path):
    """Makes this process one of several machines: a folder of its own, and the same bucket."""
    before = settings.current()

    def machine(name: str, endpoint: str | None) -> Path:
        folder = tmp_path / name
        settings.bind(dataclasses.replace(
            before, media_dir=str(folder), media_bucket="posters" if endpoint else None, media_endpoint=endpoint
        ))  # fmt: skip
        return folder

    yield machine
    settings.bind(before)


def closed_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_a_picture_taken_in_on_one_machine_is_made_by_another_and_shown_by_a_third(database, client, s3, use):
    event = make_event()
    endpoint = s3.meta.endpoint_url
    use("first web", endpoint)
    content = picture()
    key = pictures.key_of(event, content)
    storage.put_source(key, content)
    with transaction():
        pictures.take_in(db.session.get_one(Event, event.id), key, "A red square", "user:1")
    use("worker", endpoint)
    outbox.drain()
    folder = use("second web", endpoint)
    [image] = pictures.of(event)

    assert client.get(f"/media/{image.key}-320.webp").status_code == 200
    assert [path.name for path in folder.iterdir()] == [f"{image.key}-320.webp"]
    s3.delete_object(Bucket="posters", Key=f"{image.key}-320.webp")
    assert client.get(f"/media/{image.key}-320.webp").status_code == 200


def test_what_is_removed_leaves_the_bucket(database, s3, use):
    use("web", s3.meta.endpoint_url)
    with transaction():
        image = images.store(db.session.get_one(Event, make_event().id), picture(), "A red square")

    def kept() -> list[str]:
        return [found["Key"] for found in s3.list_objects_v2(Bucket="posters", Prefix=image.key).get("Contents", [])]

    assert len(kept()) > 2
    storage.remove(image.key)
    assert kept() == [f"{image.key}-source"]
    storage.remove_source(image.key)
    assert kept() == []
    storage.remove(image.key)


@pytest.mark.parametrize("name", ["../config.py", "0" * 24 + "-source", "0" * 24 + "-320.png"])
def test_only_our_own_file_names_are_asked_for(client, s3, use, name):
    use("web", s3.meta.endpoint_url)
    s3.put_object(Bucket="posters", Key=name, Body=b"not a picture")

    assert client.get(f"/media/{name}").status_code == 404


def test_a_picture_that_nobody_has_is_missing(client, s3, use):
    use("web", s3.meta.endpoint_url)

    assert client.get(f"/media/{'0' * 24}-320.webp").status_code == 404


def test_a_store_that_does_not_answer_costs_the_picture_and_nothing_else(client, s3, use):
    use("web", closed_port())

    assert client.get(f"/media/{'0' * 24}-320.webp").status_code == 503
    with pytest.raises(bucket.Away):
        storage.put("0" * 24 + "-320.webp", b"")


def test_without_a_bucket_boto3_is_never_asked(use):
    use("web", None)

    assert storage.read_source("0" * 24) is None
