// One scan, one verdict: the server's.
import { send } from "./sending.js";

export const decide = async (code, { gate = "", direction = "entry" } = {}) => {
  const response = await send("/admissions", { code: code.slice(0, 400), nonce: crypto.randomUUID(), gate, direction });
  const said = await response.json();
  return response.ok ? said : { verdict: "not_valid", reason: "refused", sentence: said.error };
};
