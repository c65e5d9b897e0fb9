// One scan, one verdict: the server's.
const PATIENCE = 5000;

export const decide = async (code, { gate = "", direction = "entry" } = {}) => {
  const scan = { code: code.slice(0, 400), nonce: crypto.randomUUID(), gate, direction };
  const response = await fetch(`${location.pathname}/admissions`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: JSON.stringify(scan),
    signal: AbortSignal.timeout(PATIENCE),
  });
  const said = await response.json();
  return response.ok ? said : { verdict: "not_valid", reason: "refused", sentence: said.error };
};
