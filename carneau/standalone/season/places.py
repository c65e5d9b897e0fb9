"""Orvelle and Harrowmouth are on no map: even their postcodes are of areas that do not exist."""

from carneau.standalone.season.shape import House, Venue

LES_RIVES = House(
    slug="les-rives",
    name="Les Rives",
    email="box-office@demo.example",
    imprint="Association Les Rives, 2 quai des Teinturiers, 96100 Orvelle",
)
ROPEWALK = House(
    slug="ropewalk",
    name="The Ropewalk Trust",
    email="box-office@rival.example",
    imprint="The Ropewalk Trust, 7 Cable Street, Harrowmouth QX4 2RW",
)


def _orvelle(name: str, street: str, postcode: str = "96100") -> Venue:
    return Venue(name, street, postcode, "Orvelle", "FR", "Europe/Paris")


def _harrowmouth(name: str, street: str, postcode: str) -> Venue:
    return Venue(name, street, postcode, "Harrowmouth", "GB", "Europe/London")


CALE_SECHE = _orvelle("La Cale Sèche", "31 quai des Forges", "96300")
QUAI_BLEU = _orvelle("Théâtre du Quai Bleu", "5 place du Bac")
TROIS_ILES = _orvelle("Parc des Trois Îles", "Allée des Peupliers", "96400")
VAUCLAIR = _orvelle("Collège Vauclair", "18 rue du Compas")
ARDOISE = _orvelle("Salle Ardoise", "44 rue des Couvreurs", "96200")
SAINT_LOUP = _orvelle("Cave Saint-Loup", "9 passage Saint-Loup")
CHAPITEAU = _orvelle("Chapiteau des Forges", "Quai des Forges", "96300")
TANNEURS = _orvelle("Escalier des Tanneurs", "Rue des Tanneurs")
PETIT_VERTIGE = _orvelle("Le Petit Vertige", "3 rue de l’Échelle", "96200")
GLACIS = _orvelle("Jardin des Glacis", "Porte des Glacis")
SAINT_ELOI = _orvelle("Église Saint-Éloi", "1 parvis Saint-Éloi")
CICERO = _orvelle("Atelier Cicéro", "27 rue de l’Encre", "96200")
CONFLUENT = _orvelle("Arène du Confluent", "200 boulevard du Confluent", "96400")
ENTREPOTS = _orvelle("Les Entrepôts", "Hangar 9, quai des Forges", "96300")
SAINTE_MARTHE = _orvelle("Halle Sainte-Marthe", "Place Sainte-Marthe", "96200")

ROPEWALK_HALL = _harrowmouth("Ropewalk Hall", "7 Cable Street", "QX4 2RW")
BOOKING_HALL = _harrowmouth("The Old Booking Hall", "Station Approach", "QX1 1BH")
