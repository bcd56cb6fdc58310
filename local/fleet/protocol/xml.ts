/** A tree that can be written as the XML of EC2: arrays become `<item>` lists, undefined members are left out. */
type XmlValue = string | number | boolean | Date | undefined | readonly XmlValue[] | XmlTree;

/** Element names and their content. */
export interface XmlTree {
  readonly [element: string]: XmlValue;
}

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** The answer of an EC2 action as EC2 writes it. */
export function writeAnswer(action: string, requestId: string, content: XmlTree): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="${NAMESPACE}">${writeXml({
    requestId,
    ...content,
  })}</${action}Response>`;
}

/** The error of an EC2 action as EC2 writes it. */
export function writeError(code: string, message: string, requestId: string): string {
  const errors = writeXml({ Errors: { Error: { Code: code, Message: message } }, RequestID: requestId });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${errors}</Response>`;
}

/** The members of `tree` as elements, in order. */
export function writeXml(tree: XmlTree): string {
  return Object.entries(tree)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${writeContent(value)}</${name}>`)
    .join('');
}

function writeContent(value: XmlValue): string {
  if (value === undefined) {
    return '';
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (typeof value === 'string') {
    return escapeText(value);
  }
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (isList(value)) {
    return value.map((item) => `<item>${writeContent(item)}</item>`).join('');
  }
  return writeXml(value);
}

function isList(value: XmlTree | readonly XmlValue[]): value is readonly XmlValue[] {
  return Array.isArray(value);
}

/** Escapes markup and leaves out the characters that XML 1.0 cannot carry. */
function escapeText(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');
}
