(function () {
  "use strict";
  var tools = document.querySelector(".log-tools");
  if (!tools) { return; }
  var filter = document.getElementById("log-filter");
  var loud = document.getElementById("log-loud");
  var count = document.getElementById("log-count");
  var lines = Array.from(document.querySelectorAll("#log-lines > li"));
  function show() {
    var words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    lines.forEach(function (line) {
      var text = line.textContent.toLowerCase();
      line.hidden = (loud.checked && line.classList.contains("type-1")) ||
        !words.every(function (word) { return text.includes(word); });
      shown += line.hidden ? 0 : 1;
    });
    count.textContent = shown === lines.length ? lines.length + " lines" : shown + " of " + lines.length + " lines";
  }
  filter.addEventListener("input", show);
  loud.addEventListener("change", show);
  tools.hidden = false;
  show();
}());
