/** One atlas of ship symbols: a row for each kind and state, a column for each of 32 headings and one without.
 *  Drawing a ship is then one drawImage of a few pixels. Shapes follow the AIS symbols mariners know: an acute triangle
 *  under way, a blunt mark at anchor, a circle for a radar target, a diamond for an aid to navigation. */

import type { Palette } from "./palette";

export const HEADINGS = 32;
export const COLUMNS = HEADINGS + 1;
export const KINDS = 15;
/** 0 ordinary, 1 has an open alert, 2 danger or distress, 3 at anchor. */
export const STATES = 4;
/** CSS pixels. */
export const CELL = 26;

export interface Atlas {
  canvas: HTMLCanvasElement;
  cell: number;
}

type Context = CanvasRenderingContext2D;

function triangle(context: Context, length: number, width: number): void {
  context.beginPath();
  context.moveTo(0, -length / 2);
  context.lineTo(width / 2, length / 2);
  context.lineTo(0, length * 0.3);
  context.lineTo(-width / 2, length / 2);
  context.closePath();
}

function diamond(context: Context, size: number): void {
  context.beginPath();
  context.moveTo(0, -size);
  context.lineTo(size, 0);
  context.lineTo(0, size);
  context.lineTo(-size, 0);
  context.closePath();
}

function circle(context: Context, radius: number): void {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
}

function cross(context: Context, size: number): void {
  context.beginPath();
  context.moveTo(-size, -size);
  context.lineTo(size, size);
  context.moveTo(size, -size);
  context.lineTo(-size, size);
}

function drawSymbol(context: Context, palette: Palette, kind: number, state: number, headed: boolean): void {
  const alarm = state === 2 ? palette.danger : state === 1 ? palette.caution : null;
  const colour = alarm ?? palette.kinds[kind];
  const grown = state === 2 ? 1.5 : state === 1 ? 1.25 : 1;
  context.fillStyle = colour;
  context.strokeStyle = palette.outline;
  context.lineWidth = 1;
  if (kind === 14) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    circle(context, 8);
    context.stroke();
    cross(context, 5);
    context.stroke();
  } else if (kind === 10) {
    context.strokeStyle = colour;
    context.lineWidth = alarm ? 2.5 : 1.5;
    circle(context, 4.5 * grown);
    context.stroke();
    if (headed) {
      context.beginPath();
      context.moveTo(0, -4.5 * grown);
      context.lineTo(0, -11);
      context.stroke();
    }
  } else if (kind === 11) {
    context.strokeStyle = colour;
    context.strokeRect(-3.5, -3.5, 7, 7);
  } else if (kind === 12) {
    context.strokeStyle = colour;
    diamond(context, 4.5);
    context.stroke();
  } else if (kind === 13) {
    triangle(context, 12 * grown, 14 * grown);
    context.fill();
    context.stroke();
  } else if (state === 3) {
    // At anchor or moored: small, hollow, pointing nowhere, so that harbours do not shout.
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    diamond(context, 3.5);
    context.stroke();
  } else if (headed) {
    triangle(context, 13 * grown, 8 * grown);
    context.fill();
    context.stroke();
  } else {
    diamond(context, 4.5 * grown);
    context.fill();
    context.stroke();
  }
}

export function makeAtlas(palette: Palette, ratio: number): Atlas {
  const cell = Math.ceil(CELL * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = COLUMNS * cell;
  canvas.height = KINDS * STATES * cell;
  const context = canvas.getContext("2d")!;
  for (let kind = 0; kind < KINDS; kind++) {
    for (let state = 0; state < STATES; state++) {
      for (let column = 0; column < COLUMNS; column++) {
        context.save();
        context.translate((column + 0.5) * cell, (kind * STATES + state + 0.5) * cell);
        context.scale(ratio, ratio);
        if (column < HEADINGS) context.rotate((column / HEADINGS) * 2 * Math.PI);
        drawSymbol(context, palette, kind, state, column < HEADINGS);
        context.restore();
      }
    }
  }
  return { canvas, cell };
}
