import { describe, expect, it } from 'vitest';
import { InexactNumber } from '../../../src/core/types.ts';
import { inferType } from '../../../src/mapping/draft/infer-type.ts';

const TEXT = {};
const COMMA = { type: 'number', decimal: ',' };
const day = (format: string) => ({ type: 'date', format });
const time = (format: string) => ({ type: 'timestamp', format });

describe('the type of a column, from its sample', () => {
  it.each<[what: string, header: string, cells: unknown[], options: object, why: string]>([
    ['nothing', 'X', [], TEXT, 'empty in the sample'],
    ['words', 'X', ['red', 'blue'], TEXT, 'text'],
    ['whole numbers', 'X', ['1', '-20'], { type: 'integer' }, 'whole numbers'],
    ['zero and one', 'X', ['0', '1'], { type: 'integer' }, 'maybe type: boolean'],
    ['leading zeros', 'X', ['0123', '4567'], TEXT, 'leading zeros'],
    ['more digits than a number keeps', 'X', ['12345678901234567890'], TEXT, 'text'],
    ['a post code', 'Mailing Zip', ['10115', '20095'], TEXT, 'a name, not a number'],
    ['a German post code', 'PLZ', ['10115', '20095'], TEXT, 'a name, not a number'],
    ['an id', 'Owner ID', ['17', '18'], TEXT, 'a name, not a number'],
    ['a number that ends like an id', 'Amount paid', ['17', '18'], { type: 'integer' }, 'whole'],
    ['decimal points', 'X', ['1.5', '20', '1240.00'], { type: 'number' }, 'decimal numbers'],
    ['decimal commas', 'X', ['7,8', '28,0', '3'], COMMA, 'decimal comma'],
    ['a comma before three digits', 'X', ['1,234', '5'], TEXT, '"," may part thousands or be a decimal mark'],
    ['a point before three digits', 'X', ['1.234', '5'], TEXT, '"." may part thousands or be a decimal mark'],
    ['three decimals that part no thousands', 'X', ['0,250', '1,5'], COMMA, 'decimal comma'],
    ['marks between thousands', 'X', ['1.234,50', '2.000,00'], TEXT, 'marks between thousands'],
    ['numbers and a word', 'X', ['1', 'n/a'], TEXT, 'text'],
    ['booleans', 'X', ['true', 'False'], { type: 'boolean' }, 'yes or no'],
    ['yes alone', 'X', ['yes', 'Yes'], { type: 'boolean' }, 'yes or no'],
    ['ja and nein', 'X', ['ja', 'Nein'], { type: 'boolean', true: ['ja'], false: ['nein'] }, 'yes or no'],
    ['是 and 否', 'X', ['是', '否'], { type: 'boolean', true: ['是'], false: ['否'] }, 'yes or no'],
    ['ISO dates', 'X', ['2026-01-31', '2026-02-01'], { type: 'date' }, 'ISO dates'],
    ['ISO times', 'X', ['2026-01-31T08:00:00Z'], { type: 'timestamp' }, 'with a time'],
    ['days over 12 first', 'X', ['25/12/2025', '01/02/2026'], day('dd/MM/yyyy'), 'only reading'],
    ['days over 12 second', 'X', ['12/25/2025', '01/02/2026'], day('MM/dd/yyyy'), 'only reading'],
    ['no day over 12', 'X', ['01/02/2026', '11/12/2026'], TEXT, 'dd/MM/yyyy or MM/dd/yyyy?'],
    ['no day over 12, with a time', 'X', ['01/02/2026 10:30'], TEXT, 'dd/MM/yyyy HH:mm or MM/dd/yyyy HH:mm?'],
    ['days over 12 on both sides', 'X', ['25/12/2025', '12/25/2025'], TEXT, 'no format reads'],
    ['dots', 'X', ['01.02.2026'], day('dd.MM.yyyy'), 'only reading'],
    ['dots and a time', 'X', ['01.02.2026 10:30'], time('dd.MM.yyyy HH:mm'), 'only reading'],
    ['year first', 'X', ['2026/02/01'], day('yyyy/MM/dd'), 'only reading'],
    ['年月日', 'X', ['2026年02月01日'], day('yyyy年MM月dd日'), 'only reading'],
    ['days without zeros', 'X', ['2/1/1980', '11/30/1975'], TEXT, 'no format reads'],
    ['an American time', 'X', ['6/22/2026 10:00 AM'], TEXT, 'no format reads'],
    ['e-mails', 'X', ['a@example.com', 'b@example.com'], { type: 'email' }, 'e-mail'],
    ['addresses', 'X', ['https://example.com'], { type: 'url' }, 'web'],
    ['tags with semicolons', 'Tags', ['a;b', 'c'], { type: 'list', separator: ';' }, 'several items'],
    ['tags with commas', 'labels', ['a, b', 'c'], { type: 'list' }, 'several items'],
    ['one tag each', 'Tags', ['a', 'c'], TEXT, 'text'],
    ['commas elsewhere', 'Address', ['a, b', 'c'], TEXT, 'text'],
    ['JSON numbers', 'X', [1, 2.5], TEXT, 'keeps its JSON type'],
    ['JSON texts and numbers', 'X', [1, 'a'], TEXT, 'each is sent as it is'],
    ['a number JSON cannot hold', 'X', [1, new InexactNumber('9'.repeat(20))], { type: 'string' }, 'text'],
  ])('%s', (_what, header, cells, options, why) => {
    const inferred = inferType(header, cells);
    expect(inferred.options).toEqual(options);
    expect(inferred.why).toContain(why);
  });
});
