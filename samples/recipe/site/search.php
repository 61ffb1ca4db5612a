<p>Results for <?= htmlspecialchars((string) ($_GET['q'] ?? '')) ?>: none today.</p><a href="/">Back</a>
