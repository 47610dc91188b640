/** The end of a list of alerts that are over: how many more there are, and a button for them. */

import { nothing } from "lit-html";
import { count } from "../core/format";
import { askOlder, older, olderComing } from "../state/over";
import { moreLine } from "../parts/past-line";
import type { Content } from "../parts/parts";

export function olderLine(): Content {
  const left = older();
  return left ? moreLine(olderComing(), `${count(left)} more ${left === 1 ? "is" : "are"} over`, askOlder) : nothing;
}
