/** One ship's symbol. Shapes follow IMO SN.1/Circ.243: an acute triangle under way, a blunt mark at rest, a circle for a radar target,
 *  a diamond for an aid to navigation, a circle with a cross for a distress beacon; what is old grows hollow, or dashed where it is
 *  an outline anyway. Never colour alone: the stern of the triangle tells her kind. */

import type { Palette } from "../core/palette";
import type { Context } from "../core/plane";

/** 0 ordinary, 1 has an open alert, 2 danger or distress, 3 at anchor or moored. */
export const STATES = 4;
/** 0 heard lately, 1 a while ago, 2 long ago, 3 lost. */
export const AGES = 4;

const TANKER = 1;

type Outline = (context: Context, bow: number, stern: number, side: number) => void;

/** A bar across her, as a part of her outline. */
function bar(context: Context, y: number, side: number): void {
  context.rect(-side, y - 1.2, 2 * side, 2.4);
}

function shape(context: Context, ...points: [x: number, y: number][]): void {
  context.moveTo(...points[0]);
  for (const point of points.slice(1)) context.lineTo(...point);
  context.closePath();
}

const notched: Outline = (context, bow, stern, side) => shape(context, [0, bow], [side, stern], [0, stern * 0.6], [-side, stern]);

/** By kind; whatever is not named has a notched stern. */
const OUTLINES: Partial<Record<number, Outline>> = {
  [TANKER]: (context, bow, stern, side) => {
    shape(context, [0, bow], [side, stern * 0.45], [-side, stern * 0.45]);
    bar(context, stern - 1.6, side * 0.85);
  },
  2: (context, bow, stern, side) => shape(context, [0, bow], [side, stern], [-side, stern]),
  3: (context, bow, stern, side) => {
    context.moveTo(0, bow);
    context.lineTo(side, stern * 0.45);
    context.quadraticCurveTo(0, stern * 1.7, -side, stern * 0.45);
    context.closePath();
  },
  4: (context, bow, stern, side) => shape(context, [0, bow], [side * 1.2, stern], [0, stern * 0.1], [-side * 1.2, stern]),
  5: (context, bow, stern, side) => shape(context, [0, bow], [side, bow * 0.2], [side, stern], [-side, stern], [-side, bow * 0.2]),
  6: (context, bow, stern, side) => {
    context.moveTo(0, bow);
    context.quadraticCurveTo(0, stern * 0.3, side, stern);
    context.lineTo(-side, stern);
    context.quadraticCurveTo(0, stern * 0.3, 0, bow);
    context.closePath();
  },
  7: (context, bow, stern, side) => shape(context, [-side * 0.5, bow], [side, stern], [-side * 0.5, stern]),
  8: (context, bow, stern, side) => {
    notched(context, bow, stern, side);
    bar(context, 0, side * 1.4);
  },
};

function triangle(context: Context, kind: number, length: number, width: number): void {
  context.beginPath();
  (OUTLINES[kind] ?? notched)(context, -length / 2, length / 2, width / 2);
}

function diamond(context: Context, size: number): void {
  context.beginPath();
  shape(context, [0, -size], [size, 0], [0, size], [-size, 0]);
}

function circle(context: Context, radius: number): void {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
}

export function cross(context: Context, size: number): void {
  context.beginPath();
  context.moveTo(-size, -size);
  context.lineTo(size, size);
  context.moveTo(size, -size);
  context.lineTo(-size, size);
}

/** Filled with a dark edge while what is known is fresh, an outline alone when it is old. */
function paint(context: Context, palette: Palette, colour: string, hollow: boolean): void {
  context.fillStyle = hollow ? palette.outline : colour;
  context.strokeStyle = hollow ? colour : palette.outline;
  context.lineWidth = hollow ? 1.25 : 1;
  context.fill();
  context.stroke();
}

/** Round the origin, with the bow up. */
export function drawSymbol(context: Context, palette: Palette, kind: number, state: number, age: number, headed: boolean): void {
  const alarm = state === 2 ? palette.danger : state === 1 ? palette.caution : null;
  // An alarm is never paler: it is hollow sooner instead.
  const hollow = age > (alarm ? 0 : 1);
  const colour = alarm ?? palette.kinds[kind];
  const grown = state === 2 ? 1.5 : state === 1 ? 1.25 : 1;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = hollow ? 1 : 1.5;
  context.setLineDash(hollow ? [2, 2] : []);
  if (kind === 14) {
    context.lineWidth = 2;
    circle(context, 8);
    context.stroke();
    cross(context, 5);
    context.stroke();
  } else if (kind === 10) {
    if (alarm) context.lineWidth = 2.5;
    circle(context, 4.5 * grown);
    context.stroke();
    if (headed) {
      context.beginPath();
      context.moveTo(0, -4.5 * grown);
      context.lineTo(0, -11);
      context.stroke();
    }
  } else if (kind === 11) {
    context.strokeRect(-3.5, -3.5, 7, 7);
  } else if (kind === 12) {
    diamond(context, 5);
    context.stroke();
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(-2.5, 0);
    context.lineTo(2.5, 0);
    context.moveTo(0, -2.5);
    context.lineTo(0, 2.5);
    context.stroke();
  } else if (state === 3 && kind !== 13) {
    // At anchor or moored: small, hollow, pointing nowhere, so that harbours do not shout.
    diamond(context, 3.5);
    context.stroke();
    if (kind === TANKER) context.fillRect(-1, -1, 2, 2);
  } else {
    context.setLineDash([]);
    if (kind === 13) triangle(context, kind, 12 * grown, 14 * grown);
    else if (headed) triangle(context, kind, 13 * grown, 8 * grown);
    else diamond(context, 4.5 * grown);
    paint(context, palette, colour, hollow);
  }
  context.setLineDash([]);
}
