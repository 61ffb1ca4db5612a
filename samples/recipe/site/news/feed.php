<?php header("Content-Type: application/rss+xml"); ?><rss version="2.0"><channel><title>Lamps</title></channel></rss>
