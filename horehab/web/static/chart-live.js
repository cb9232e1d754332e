// Bundled with Vega by chart_live.py, never served alone. It puts the same chart, now one that answers to the pointer,
// in the place of the picture once it is there; without it the picture stays.
for (const figure of document.querySelectorAll("[data-live]")) {
  const picture = figure.querySelector("picture");
  const image = picture.querySelector("img");
  const holder = document.createElement("div");
  holder.className = "hr-live";
  const show = async () => {
    const shown = new URL(image.currentSrc || image.src);
    shown.pathname = shown.pathname.replace(/chart\.svg$/, "chart.json");
    const options = {
      mode: "vega", ast: true, defaultStyle: false, actions: false, renderer: "svg", logLevel: 1,
      tooltip: { disableDefaultStyle: true },
    };
    await vegaEmbed(holder, shown.href, options);
    holder.setAttribute("role", "img");
    holder.setAttribute("aria-label", image.alt);
    if (!holder.isConnected) { figure.insertBefore(holder, picture); picture.classList.add("hr-onlyprint"); }
  };
  show().catch(() => { holder.remove(); picture.classList.remove("hr-onlyprint"); });
}
