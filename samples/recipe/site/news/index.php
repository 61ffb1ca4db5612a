<h1>News</h1><p>New lamps have come.</p>
