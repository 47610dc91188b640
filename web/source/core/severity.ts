/** How bad it is. */

export type Severity = "notice" | "caution" | "danger" | "distress";

export const SEVERITY_RANK: Record<Severity, number> = { notice: 0, caution: 1, danger: 2, distress: 3 };
