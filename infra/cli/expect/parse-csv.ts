// CSV as RFC 4180 has it: quoted fields may hold separators, quotes (doubled) and line breaks.

/** `line`: where it begins, counted from 1. */
export type Row = { line: number; fields: string[] };

/** Empty lines are left out. Null where a quoted field does not end. */
export function parseCsv(text: string, separator: string): Row[] | { unclosedQuoteAt: number } {
  const rows: Row[] = [];
  let row: Row = { line: 1, fields: [] };
  let field = '';
  let isQuoted = false;
  let quoteAt = 1;
  let line = 1;
  const endField = () => {
    row.fields.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (row.fields.some((value) => value.trim() !== '')) rows.push(row);
    row = { line, fields: [] };
  };
  const clean = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  for (let at = 0; at < clean.length; at++) {
    const character = clean.charAt(at);
    if (character === '\n') line++;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (clean.charAt(at + 1) === '"') field += clean.charAt(++at);
      else isQuoted = false;
    } else if (character === '"' && field.trim() === '') {
      isQuoted = true;
      quoteAt = line;
      field = '';
    } else if (character === separator) endField();
    else if (character === '\n') endRow();
    else field += character;
  }
  if (isQuoted) return { unclosedQuoteAt: quoteAt };
  endRow();
  return rows;
}
