/** A decimal number as sign, digits without zeros at either end, and power of ten: equal numbers, equal texts. */
function canonical(text: string): string {
  const match = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text);
  if (match === null) return text;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

/** A double keeps 15 significant digits whatever they are. */
const ALWAYS_EXACT_LENGTH = 15;

/** Whether the number written as `text` keeps every digit on its way through JSON. */
export function survivesJson(text: string): boolean {
  if (text.length <= ALWAYS_EXACT_LENGTH && !/[eE]/.test(text)) return true;
  return canonical(text) === canonical(String(Number(text)));
}
