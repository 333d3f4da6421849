// The XML that S3 needs: enough to write its responses and to read what the SDK sends.

type XmlValue = string | number | boolean | XmlFields;

/** An array repeats the element; `undefined` omits it. */
export type XmlFields = { readonly [name: string]: XmlValue | XmlValue[] | undefined };

const named: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

export function xmlDocument(root: string, fields: XmlFields, namespace?: string): string {
  const opened = namespace === undefined ? root : `${root} xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${opened}>${contentOf(fields)}</${root}>`;
}

function element(name: string, value: XmlValue | XmlValue[] | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((each) => element(name, each)).join('');
  return `<${name}>${typeof value === 'object' ? contentOf(value) : escapeXml(value)}</${name}>`;
}

function contentOf(fields: XmlFields): string {
  return Object.entries(fields)
    .map(([name, value]) => element(name, value))
    .join('');
}

function escapeXml(value: string | number | boolean): string {
  return String(value).replace(
    /[&<>"'\p{Cc}]/gu,
    (character) => `&${named[character] ?? `#${character.codePointAt(0)}`};`,
  );
}

/** The text of every element with this name. */
export function xmlContents(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, content = '']) => content);
}

export function xmlText(xml: string, name: string): string | undefined {
  return xmlContents(xml, name)[0]
    ?.replace(/&(#34|#x22|quot);/g, '"')
    .trim();
}
