// The page of a case. It is whole without this script, which brings its keys alone.

import { onKeys } from "./keys.js";

onKeys({ n: () => document.getElementById("newnote")?.focus() });
