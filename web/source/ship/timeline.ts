/** Speed and course of the selected ship over the last hours, with her gaps and alerts. The chart lives outside lit's templates, which only place it. */

import uPlot from "uplot";
import { desk } from "../state/desk";
import { clockTime, degrees, duration, knots } from "../core/format";
import { SEVERITY_RANK } from "../core/severity";
import type { Alert, Track } from "../core/shapes";

const FONT = '12px "B612", sans-serif';
const USUAL_GAP_S = 360;
const NEAREST_S = 120;
const ALERT_BAR_PX = [3, 5, 8, 11];

/** A track with a hole wherever she was not heard: a line across it would be a tale. */
interface Course {
  time_s: number[];
  lat_deg: (number | null)[];
  lon_deg: (number | null)[];
  sog_kn: (number | null)[];
  cog_deg: (number | null)[];
  gaps: [from_s: number, to_s: number][];
}

export function withHoles(track: Track, gap_s: number, until_s: number): Course {
  const course: Course = { time_s: [], lat_deg: [], lon_deg: [], sog_kn: [], cog_deg: [], gaps: [] };
  const push = (time_s: number, lat_deg: number | null, lon_deg: number | null, sog_kn: number | null, cog_deg: number | null): void => {
    course.time_s.push(time_s);
    course.lat_deg.push(lat_deg);
    course.lon_deg.push(lon_deg);
    course.sog_kn.push(sog_kn);
    course.cog_deg.push(cog_deg);
  };
  let heard_s: number | null = null;
  for (let at = 0; at < track.time_s.length; at++) {
    const time_s = track.time_s[at];
    if (track.displaced[at] || track.lat_deg[at] === null) continue;
    if (heard_s !== null && time_s <= heard_s) continue;
    if (heard_s !== null && time_s - heard_s > gap_s) {
      course.gaps.push([heard_s, time_s]);
      push((heard_s + time_s) / 2, null, null, null, null);
    }
    push(time_s, track.lat_deg[at], track.lon_deg[at], track.sog_kn[at], track.cog_deg[at]);
    heard_s = time_s;
  }
  if (heard_s !== null && until_s - heard_s > gap_s) {
    course.gaps.push([heard_s, until_s]);
    push(until_s, null, null, null, null);
  }
  return course;
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const at = (course: Course, index: number): string => `${clockTime(course.time_s[index])} · ${knots(course.sog_kn[index])} · ${degrees(course.cog_deg[index])}`;

export class Timeline {
  readonly element = document.createElement("div");
  private readonly plotElement = document.createElement("div");
  private readonly words = document.createElement("p");
  private plot: uPlot | null = null;
  private course: Course | null = null;
  private drawn: { track: Track; gap_s: number; palette: string; alerts: string } | null = null;
  private span: [from_s: number, to_s: number] | null = null;
  private index: number | null = null;

  /** linked: hover, keys and zoom are shown on the map too. */
  constructor(private readonly height_px: number, private readonly linked: boolean) {
    this.element.className = linked ? "timeline linked" : "timeline";
    this.words.className = "quiet figures";
    this.element.append(this.plotElement, this.words);
    if (!linked) {
      this.plotElement.setAttribute("role", "img");
      this.plotElement.setAttribute("aria-label", "Speed and course over the last six hours");
      return;
    }
    this.plotElement.tabIndex = 0;
    this.plotElement.setAttribute("role", "slider");
    this.plotElement.setAttribute("aria-label", "Time line of speed and course: arrow keys go along her track, plus and minus zoom, 0 shows all of it");
    this.plotElement.addEventListener("keydown", (event) => this.key(event));
    this.plotElement.addEventListener("blur", () => this.point(null));
  }

  /** Bring the chart up to date; call when it is on the page. gap_s: silences longer than this are holes. */
  draw(gap_s = USUAL_GAP_S, alerts: Alert[] = []): void {
    const { track, palette } = desk;
    this.element.hidden = !track || track.time_s.length < 2;
    if (!track || this.element.hidden || !this.element.isConnected) return;
    const width_px = Math.max(240, this.element.clientWidth);
    const known = alerts.map((alert) => `${alert.id}${alert.state}${alert.severity}${alert.end_s}`).join();
    const before = this.drawn;
    if (this.plot && before && before.track === track && before.gap_s === gap_s && before.palette === palette && before.alerts === known && Math.abs(this.plot.width - width_px) <= 2) return;
    const course = withHoles(track, gap_s, desk.fleet.present ? desk.clock_s() : -Infinity);
    this.course = course;
    this.drawn = { track, gap_s, palette, alerts: known };
    if (this.plot && before?.palette === palette && before.alerts === known && Math.abs(this.plot.width - width_px) <= 2) this.plot.setData([course.time_s, course.sog_kn, course.cog_deg], false);
    else this.build(width_px, alerts);
    this.zoom(this.span);
    this.say();
  }

  /** Another ship, or none: nothing of the last one stays on the map. */
  forget(): void {
    this.span = null;
    this.index = null;
    if (this.linked) desk.trackSpan = desk.trackAt = null;
  }

  /** The part that is shown, as bounds of its positions; null when there are none. */
  bounds(): { west_deg: number; south_deg: number; east_deg: number; north_deg: number } | null {
    const course = this.course;
    if (!course) return null;
    const [from_s, to_s] = this.span ?? [-Infinity, Infinity];
    const shown = course.time_s.map((_, index) => index).filter((index) => course.lat_deg[index] !== null && course.time_s[index] >= from_s && course.time_s[index] <= to_s);
    if (!shown.length) return null;
    const lats = shown.map((index) => course.lat_deg[index]!);
    const lons = shown.map((index) => course.lon_deg[index]!);
    return { west_deg: Math.min(...lons), south_deg: Math.min(...lats), east_deg: Math.max(...lons), north_deg: Math.max(...lats) };
  }

  private build(width_px: number, alerts: Alert[]): void {
    this.plot?.destroy();
    const course = this.course!;
    const text = colour("--quiet");
    const grid = { stroke: colour("--line"), width: 1 };
    this.plot = new uPlot(
      {
        width: width_px,
        height: this.height_px,
        tzDate: (time_s) => uPlot.tzDate(new Date(time_s * 1000), "Etc/UTC"),
        legend: { show: false },
        cursor: { drag: { x: this.linked, y: false, setScale: false }, y: false },
        scales: { x: { time: true }, kn: { range: (_, __, highest) => [0, Math.max(10, highest * 1.1)] }, deg: { range: [0, 360] } },
        axes: [
          { stroke: text, grid, ticks: grid, font: FONT, size: 26, values: [[3600, "{HH}Z", null, null, null, null, null, null, 1], [60, "{HH}:{mm}Z", null, null, null, null, null, null, 1], [1, "{HH}:{mm}:{ss}Z", null, null, null, null, null, null, 1]] },
          { scale: "kn", stroke: text, grid, ticks: grid, font: FONT, size: 58, values: (_, splits) => splits.map((value) => `${value} kn`) },
          { scale: "deg", side: 1, stroke: text, grid: { show: false }, ticks: grid, font: FONT, size: 46, splits: () => [0, 90, 180, 270, 360], values: (_, splits) => splits.map((value) => `${value}°`) },
        ],
        series: [
          {},
          { scale: "kn", stroke: colour("--strong"), width: 1.75, points: { show: false } },
          { scale: "deg", stroke: text, width: 0, paths: () => null, points: { show: true, size: 3, fill: text } },
        ],
        hooks: {
          drawClear: [(chart) => this.shade(chart, alerts)],
          setCursor: [(chart) => this.point(chart.cursor.idx ?? null)],
          setSelect: [
            (chart) => {
              if (chart.select.width < 6) return;
              this.zoom([chart.posToVal(chart.select.left, "x"), chart.posToVal(chart.select.left + chart.select.width, "x")]);
              chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      [course.time_s, course.sog_kn, course.cog_deg],
      this.plotElement,
    );
    if (this.linked) this.plot.over.addEventListener("dblclick", () => this.zoom(null));
  }

  /** Gaps are hatched; an alert is a bar at the top from its beginning to its end, the higher the graver. */
  private shade(chart: uPlot, alerts: Alert[]): void {
    const { ctx: context, bbox } = chart;
    const x = (time_s: number): number => Math.min(bbox.left + bbox.width, Math.max(bbox.left, chart.valToPos(time_s, "x", true)));
    const ratio = devicePixelRatio || 1;
    context.save();
    context.beginPath();
    context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    context.clip();
    context.strokeStyle = colour("--line");
    context.lineWidth = ratio;
    for (const [from_s, to_s] of this.course?.gaps ?? []) {
      const [left, right] = [x(from_s), x(to_s)];
      context.save();
      context.beginPath();
      context.rect(left, bbox.top, right - left, bbox.height);
      context.clip();
      context.beginPath();
      for (let at = left - bbox.height; at < right; at += 8 * ratio) {
        context.moveTo(at, bbox.top + bbox.height);
        context.lineTo(at + bbox.height, bbox.top);
      }
      context.stroke();
      context.restore();
    }
    for (const alert of [...alerts].sort((one, other) => SEVERITY_RANK[one.severity] - SEVERITY_RANK[other.severity])) {
      const [left, right] = [x(alert.start_s ?? alert.raised_s), x(alert.end_s ?? desk.clock_s())];
      context.fillStyle = colour(alert.state === "withdrawn" ? "--quiet" : alert.severity === "notice" ? "--notice" : alert.severity === "caution" ? "--caution" : "--danger");
      context.fillRect(left, bbox.top, Math.max(3 * ratio, right - left), ALERT_BAR_PX[SEVERITY_RANK[alert.severity]] * ratio);
    }
    context.restore();
  }

  private say(): void {
    const course = this.course;
    const last = course ? course.time_s.length - 1 : -1;
    if (!course || last < 0) return;
    const [from_s, to_s] = this.span ?? [course.time_s[0], course.time_s[last]];
    const gaps = course.gaps.length ? ` · ${course.gaps.length} ${course.gaps.length > 1 ? "gaps" : "gap"}, the longest ${duration(Math.max(...course.gaps.map(([begin_s, end_s]) => end_s - begin_s)))}` : "";
    this.words.textContent = this.index !== null ? at(course, this.index) : `${clockTime(from_s)} to ${clockTime(to_s)} · line: speed, dots: course${this.linked ? gaps : ""}`;
    if (!this.linked) return;
    const shown = this.index ?? last;
    this.plotElement.setAttribute("aria-valuemin", String(Math.round(from_s)));
    this.plotElement.setAttribute("aria-valuemax", String(Math.round(to_s)));
    this.plotElement.setAttribute("aria-valuenow", String(Math.round(course.time_s[shown])));
    this.plotElement.setAttribute("aria-valuetext", at(course, shown));
  }

  /** Where she was at a point of the time line, on the map as well. */
  private point(index: number | null): void {
    const course = this.course;
    if (index === this.index || !course) return;
    this.index = index;
    this.say();
    if (!this.linked) return;
    const [lat_deg, lon_deg] = index === null ? [null, null] : [course.lat_deg[index], course.lon_deg[index]];
    desk.trackAt = index === null || lat_deg === null || lon_deg === null ? null : { lat_deg, lon_deg, time_s: course.time_s[index] };
    desk.redraw();
  }

  private zoom(span: [number, number] | null): void {
    const course = this.course;
    if (!course || !this.plot) return;
    const [first_s, last_s] = [course.time_s[0], course.time_s[course.time_s.length - 1]];
    const whole = span === null || (span[0] <= first_s && span[1] >= last_s) || span[0] >= last_s || span[1] <= first_s;
    this.span = whole ? null : [Math.max(first_s, span[0]), Math.min(last_s, span[1])];
    const [min, max] = this.span ?? [first_s, last_s];
    this.plot.setScale("x", { min, max });
    if (!this.linked) return;
    desk.trackSpan = this.span;
    this.say();
    desk.redraw();
  }

  private key(event: KeyboardEvent): void {
    const course = this.course;
    if (!course || !this.plot || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = course.time_s.length - 1;
    const [from_s, to_s] = this.span ?? [course.time_s[0], course.time_s[last]];
    const now = this.index ?? last;
    const steps: Record<string, number> = { ArrowLeft: now - 1, ArrowRight: now + 1, PageUp: now - 10, PageDown: now + 10, Home: 0, End: last };
    const wanted = steps[event.key];
    if (wanted !== undefined) {
      const index = Math.min(last, Math.max(0, wanted));
      this.plot.setCursor({ left: this.plot.valToPos(course.time_s[index], "x"), top: 0 }, false);
      this.point(index);
    } else if (event.key === "+" || event.key === "=" || event.key === "-") {
      const half_s = Math.max(NEAREST_S, ((to_s - from_s) / 2) * (event.key === "-" ? 2 : 0.5));
      this.zoom([course.time_s[now] - half_s, course.time_s[now] + half_s]);
    } else if (event.key === "0") this.zoom(null);
    else return;
    event.preventDefault();
  }
}
