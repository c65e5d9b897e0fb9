// A door link that is held before the camera, or pasted into the field, is opened here: an app on the home screen has no
// other way to one.
export const findLink = (text) => {
  try {
    const { origin, pathname } = new URL(text.trim());
    return origin === location.origin && pathname.startsWith("/door/links/") ? pathname : null;
  } catch {
    return null;
  }
};
