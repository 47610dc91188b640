/** Speed and course of the selected ship over the last hours. The chart lives outside lit's templates, which only place it. */

import uPlot from "uplot";
import { desk } from "./desk";
import { clockTime, degrees, knots } from "./format";
import type { Track } from "./shapes";

export const timelineElement = document.createElement("div");
timelineElement.className = "timeline";
const plotElement = document.createElement("div");
plotElement.setAttribute("role", "img");
plotElement.setAttribute("aria-label", "Speed and course over the last six hours");
const words = document.createElement("p");
words.className = "quiet figures";
timelineElement.append(plotElement, words);

const HEIGHT_PX = 150;
let plot: uPlot | null = null;
let drawnTrack: Track | null = null;
let drawnPalette = "";

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function sayLast(): void {
  const track = drawnTrack;
  const last = track ? track.time_s.length - 1 : -1;
  words.textContent = track && last >= 0 ? `${clockTime(track.time_s[0])} to ${clockTime(track.time_s[last])} · line: speed, dots: course` : "";
}

function build(track: Track, width: number): void {
  plot?.destroy();
  const text = colour("--quiet");
  const grid = { stroke: colour("--line"), width: 1 };
  const font = '12px "B612", sans-serif';
  plot = new uPlot(
    {
      width,
      height: HEIGHT_PX,
      tzDate: (time_s) => uPlot.tzDate(new Date(time_s * 1000), "Etc/UTC"),
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false },
      scales: { x: { time: true }, kn: { range: (_, __, highest) => [0, Math.max(10, highest * 1.1)] }, deg: { range: [0, 360] } },
      axes: [
        { stroke: text, grid, ticks: grid, font, size: 26, values: [[3600, "{HH}Z", null, null, null, null, null, null, 1], [60, "{HH}:{mm}", null, null, null, null, null, null, 1], [1, "{HH}:{mm}", null, null, null, null, null, null, 1]] },
        { scale: "kn", stroke: text, grid, ticks: grid, font, size: 50, values: (_, splits) => splits.map((value) => `${value} kn`) },
        { scale: "deg", side: 1, stroke: text, grid: { show: false }, ticks: grid, font, size: 46, splits: () => [0, 90, 180, 270, 360], values: (_, splits) => splits.map((value) => `${value}°`) },
      ],
      series: [
        {},
        { scale: "kn", stroke: colour("--strong"), width: 1.75, points: { show: false } },
        { scale: "deg", stroke: colour("--quiet"), width: 0, paths: () => null, points: { show: true, size: 3, fill: colour("--quiet") } },
      ],
      hooks: {
        setCursor: [
          (chart) => {
            const at = chart.cursor.idx;
            if (at === null || at === undefined || !drawnTrack) sayLast();
            else words.textContent = `${clockTime(drawnTrack.time_s[at])} · ${knots(drawnTrack.sog_kn[at])} · ${degrees(drawnTrack.cog_deg[at])}`;
          },
        ],
      },
    },
    [track.time_s, track.sog_kn, track.cog_deg],
    plotElement,
  );
}

/** Bring the chart up to date; call when the panel is on the page. */
export function drawTimeline(): void {
  const { track } = desk;
  timelineElement.hidden = !track || track.time_s.length < 2;
  if (!track || timelineElement.hidden || !timelineElement.isConnected) return;
  const width = Math.max(240, timelineElement.clientWidth);
  const changed = track !== drawnTrack;
  if (!plot || drawnPalette !== desk.palette || Math.abs(plot.width - width) > 2) {
    drawnTrack = track;
    build(track, width);
  } else if (changed) {
    drawnTrack = track;
    plot.setData([track.time_s, track.sog_kn, track.cog_deg]);
  } else return;
  drawnPalette = desk.palette;
  sayLast();
}
