// What this phone remembers of its own choices. Browsers that keep nothing forget it, and nothing breaks.
export const recall = (name) => {
  try {
    return JSON.parse(localStorage.getItem(`carneau-${name}`));
  } catch {
    return null;
  }
};

export const remember = (name, value) => {
  try {
    localStorage.setItem(`carneau-${name}`, JSON.stringify(value));
  } catch { /* full, or forbidden */ }
};
