<h1>About us</h1><p>We sell lamps.</p>
