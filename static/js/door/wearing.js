// A page beside the scan page wears the look that was chosen there.
import { recall } from "./remembering.js";

document.documentElement.dataset.look = recall("look") ?? "";
