// The position of each line of the list, computed from the days and their lengths alone: rows need not be loaded.

type Day = { day: string; count: number };
/** In pixels. */
export type Sizes = { row: number; heading: number };
/** `first` is the day's first line, counted over the complete list. */
type DayBox = Day & { first: number; top: number; height: number };
export type Layout = { days: readonly DayBox[]; height: number; sizes: Sizes };

export function layOut(days: readonly Day[], sizes: Sizes): Layout {
  let first = 0;
  let height = 0;
  const boxes = days.map(({ day, count }) => {
    const box = { day, count, first, top: height, height: sizes.heading + count * sizes.row };
    first += count;
    height += box.height;
    return box;
  });
  return { days: boxes, height, sizes };
}

/** A part of a day: the lines `from` up to, not including, `to`. */
export type Slice = { box: DayBox; from: number; to: number };

export function slicesWithin({ days, sizes }: Layout, top: number, bottom: number): Slice[] {
  return days
    .filter((box) => box.top < bottom && box.top + box.height > top)
    .map((box) => {
      const start = box.top + sizes.heading;
      const within = (lines: number) => Math.min(box.count, Math.max(0, lines));
      const from = within(Math.floor((top - start) / sizes.row));
      const to = within(Math.ceil((bottom - start) / sizes.row));
      return { box, from: box.first + from, to: box.first + to };
    });
}

/** The lines of the slices, by day, and one more line wherever it is. */
export function linesByDay({ days }: Layout, slices: readonly Slice[], extra: number) {
  return days.flatMap((box) => {
    const slice = slices.find((one) => one.box === box);
    const { from, to } = slice ?? { from: box.first, to: box.first };
    const lines = Array.from({ length: to - from }, (_, index) => from + index);
    const hasExtra = extra >= box.first && extra < box.first + box.count && !lines.includes(extra);
    if (slice === undefined && !hasExtra) return [];
    return [{ box, lines: hasExtra ? [...lines, extra].sort((one, other) => one - other) : lines }];
  });
}

/** The distance from the top of the list; undefined if there is no such line. */
export function topOfLine({ days, sizes }: Layout, line: number): number | undefined {
  const box = days.find(({ first, count }) => line >= first && line < first + count);
  return box === undefined ? undefined : box.top + sizes.heading + (line - box.first) * sizes.row;
}
