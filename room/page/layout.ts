// Where each line of the list stands, from nothing but the days and how many lines each has: the rows themselves need not be here.

export type Day = { day: string; count: number };
/** In pixels. */
export type Sizes = { row: number; heading: number };
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

/** Of a day, the lines `from` up to before `to`, by their places in the whole list. */
export type Slice = { box: DayBox; from: number; to: number };

export function slicesWithin({ days, sizes }: Layout, top: number, bottom: number): Slice[] {
  return days
    .filter((box) => box.top < bottom && box.top + box.height > top)
    .map((box) => {
      const start = box.top + sizes.heading;
      const within = (pixels: number) => Math.min(box.count, Math.max(0, pixels));
      const from = within(Math.floor((top - start) / sizes.row));
      const to = within(Math.ceil((bottom - start) / sizes.row));
      return { box, from: box.first + from, to: box.first + to };
    });
}

/** From the beginning of the list to the line's own; undefined where there is no such line. */
export function topOfLine({ days, sizes }: Layout, line: number): number | undefined {
  const box = days.find(({ first, count }) => line >= first && line < first + count);
  return box === undefined ? undefined : box.top + sizes.heading + (line - box.first) * sizes.row;
}
