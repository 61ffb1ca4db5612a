import { mix, type Random } from './random.ts';

/** A site of tens of thousands of pages, a few of them read all the time and most of them seldom. */

export const ORIGIN = 'https://www.shop.example';
const PAGES = 60_000;
/** What every page loads. */
export const SHARED_FILES: readonly string[] = [
  '/wp-content/themes/lumen/style.css?ver=6.7.1',
  '/wp-includes/js/jquery/jquery.min.js?ver=3.7.1',
  '/static/js/main.3f2a91bc.js',
  '/static/js/vendor.a71c04de.js',
  '/static/fonts/inter-v13-latin-600.woff2',
  '/img/logo.svg',
  '/favicon.ico',
  '/manifest.json',
];

// Ordinary titles; some of their words are words of attacks, too.
const WORDS = `lamp desk table union select order house garden light paper blue green winter sale new old rock roll drop
script alert shell root passage window document ocean benchmark sleep group version password cat dog echo base nail file
backup test chair sofa mirror carpet shelf bottle pan knife fork spoon towel blanket pillow candle frame clock plant seed
soil water stone sand river lake mountain forest city street bridge tower church market school travel train flight hotel
summer spring autumn music guitar piano violin drum song dance theatre cinema camera lens print ink colour brush canvas
wool cotton linen silk leather wood oak beech maple steel copper brass silver gold glass ceramic recipe bread butter
cheese coffee tea sugar salt pepper onion garlic tomato potato apple pear plum cherry grape lemon orange melon walnut
almond honey cream kitchen bedroom bathroom office studio terrace balcony cellar attic door curtain rug vase basket tray
kettle teapot mug bowl plate jar lid handle hook hinge screw hammer saw drill ladder rope tape glue paint varnish wax
bicycle helmet saddle pedal wheel tyre bell pump jacket scarf glove boot sandal shirt trousers skirt dress belt ribbon`
  .trim()
  .split(/\s+/);
/** As browsers send what is not ASCII, and what needs quotes. */
const FOREIGN_WORDS =
  'm%C3%BCnchen k%C3%BCche stra%C3%9Fe caf%C3%A9 gar%C3%A7on o%27neill d%27or l%C3%B6ffel %E3%83%A9%E3%83%B3%E3%83%97 rock%27n%27roll 50%25 50%E2%82%AC'.split(
    ' ',
  );

const paths: string[] = [];

/** By rank: 1 is read most. */
export function pageAt(rank: number): string {
  paths[rank] ??= rank === 1 ? '/' : pathOf(mix(rank), rank);
  return paths[rank];
}

export function anyPage(random: Random): string {
  return pageAt(random.rank(PAGES));
}

export function anyWord(random: Random): string {
  return random.pick(WORDS);
}

function pathOf(hash: number, rank: number): string {
  const word = (n: number) => WORDS[mix(hash + n) % WORDS.length] ?? '';
  const title = `${word(1)}-${word(2)}-${word(3)}`;
  switch (hash % 10) {
    case 0:
    case 1:
    case 2:
      return `/shop/${word(4)}/${title}-${10_000 + rank}.html`;
    case 3:
    case 4:
      return `/blog/20${12 + (hash % 14)}/${String(1 + ((hash >>> 4) % 12)).padStart(2, '0')}/${title}/`;
    case 5:
      return `/forum/viewtopic.php?f=${1 + (hash % 30)}&t=${rank}`;
    case 6:
      return `/index.php?option=com_content&view=article&id=${rank}:${title}&catid=${hash % 40}&Itemid=${hash % 300}`;
    case 7:
      return `/wiki/${word(1)}_(${word(2)})`;
    case 8:
      return `/de/ratgeber/${FOREIGN_WORDS[hash % 5]}-${title}`;
    default:
      return `/category/${word(1)}/${word(2)}/page/${1 + (hash % 40)}/`;
  }
}

/** Pictures of a page; always the same ones. */
export function picturesOf(page: string): string[] {
  const hash = hashOf(page);
  return Array.from({ length: hash % 5 }, (_, i) => {
    const one = mix(hash + i);
    const name = `${WORDS[one % WORDS.length]}-${WORDS[(one >>> 8) % WORDS.length]}-${one % 10_000}`;
    return `/wp-content/uploads/20${15 + (one % 11)}/${String(1 + (one % 12)).padStart(2, '0')}/${name}-${one % 2 ? '1024x768' : '300x200'}.jpg`;
  });
}

/** What is asked for is new nearly every time. */
export function freshPage(random: Random): string {
  const word = () => (random.chance(0.1) ? random.pick(FOREIGN_WORDS) : anyWord(random));
  const words = (joiner: string) => Array.from({ length: random.between(1, 4) }, word).join(joiner);
  switch (random.below(9)) {
    case 0:
      return `/search?q=${words('+')}&page=${random.between(1, 9)}`;
    case 1:
      return `/?s=${words('%20')}&post_type=product`;
    case 2:
      return `/shop/?filter%5Bcolour%5D%5B%5D=${word()}&min_price=${random.below(50)}&max_price=${random.between(50, 900)}&orderby=${random.pick(['price', 'date', 'rating'])}`;
    case 3:
      return `/cart/?add-to-cart=${random.below(60_000)}&quantity=${random.between(1, 5)}&_wpnonce=${random.hex(10)}`;
    case 4:
      return `/account/orders/${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}?lang=en`;
    case 5:
      return `/api/v2/suggest?term=${words('%20')}&limit=10&_=${1_790_812_800_000 + random.below(1e9)}`;
    case 6:
      return `/login?next=%2Faccount%2Forders%3Fpage%3D${random.below(100)}&state=${random.hex(32)}`;
    case 7:
      return `/forum/search.php?keywords=${words('+')}&terms=all&author=&sc=1&sf=all&sr=posts&sk=t&sd=d&st=0&ch=300&t=0&submit=Search`;
    default:
      return `${anyPage(random).split('?', 1)[0]}?${tracking(random)}`;
  }
}

/** Parameters that newsletters, advertisements and social networks leave on a link. */
export function tracking(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return `utm_source=newsletter&utm_medium=email&utm_campaign=${anyWord(random)}_${random.between(1, 52)}&mc_eid=${random.hex(10)}`;
    case 1:
      return `gclid=EAIaIQobChMI${random.hex(40)}_wcB&gad_source=1`;
    case 2:
      return `fbclid=IwZXh0bgNhZW0CMTEAAR${random.hex(60)}_aem_${random.hex(22)}`;
    default:
      return `ref=${anyWord(random)}&v=${random.hex(8)}`;
  }
}

/** The measuring of visits: the page, encoded, and much that is new each time. */
export function beaconOf(page: string, random: Random): string {
  return `/matomo.php?action_name=${anyWord(random)}%20%E2%80%93%20Shop&idsite=1&rec=1&r=${random.below(1e6)}&h=${random.below(24)}&m=${random.below(60)}&s=${random.below(60)}&url=${encodeURIComponent(ORIGIN + page)}&_id=${random.hex(16)}&send_image=0&_refts=0&pv_id=${random.hex(6)}&pf_net=${random.below(90)}&pf_srv=${random.below(400)}&res=1920x1080&uadata=%7B%22platform%22%3A%22Windows%22%7D`;
}

/** Bytes of the answer to a path: always the same for files, nearly so for pages. */
export function sizeOf(target: string, random: Random): number {
  const hash = hashOf(target);
  const isFile = /\.(?:css|js|svg|jpg|ico|woff2|json)(?:$|\?)/.test(target);
  return isFile ? 300 + (hash % 180_000) : 4000 + (hash % 60_000) + random.below(900);
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
