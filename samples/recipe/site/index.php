<!doctype html>
<html lang="en">
  <head><title>Lamps and more</title><link rel="stylesheet" href="/css/style.css"><link rel="alternate" href="/news/feed.php"></head>
  <body>
    <img src="/img/logo.svg" alt="">
    <p><a href="/item.php?id=1">Desk lamp</a> <a href="/item.php?id=2">Drop table lamp</a> <a href="/item.php?id=3">Union lamp</a></p>
    <form action="/search.php"><input name="q"><button>Search</button></form>
    <p><a href="/news/">News</a> <a href="/about.php">About us</a></p>
  </body>
</html>
