<form method="get"><input name="pma_username"><input name="pma_password" type="password"><button>Go</button></form>
<?= isset($_GET['pma_username']) ? '<p>Cannot log in to the MySQL server.</p>' : '' ?>
