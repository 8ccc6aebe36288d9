// Runs before anything is seen: what only scripts can do is shown where they run.
"use strict";
document.documentElement.dataset.scripted = "";
