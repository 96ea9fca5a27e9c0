// The completeness board opens at its latest periods.
"use strict";

document.querySelectorAll(".board-frame").forEach((frame) => { frame.scrollLeft = frame.scrollWidth; });
