<?php
$items = ['1' => 'Desk lamp', '2' => 'Drop table lamp', '3' => 'Union lamp'];
$id = (string) ($_GET['id'] ?? '');
if (preg_match('/[\'"]/', $id)) {
    http_response_code(500);
    echo 'You have an error in your SQL syntax near ' . htmlspecialchars($id);
} elseif (isset($items[(string) (int) $id])) {
    echo '<h1>' . $items[(string) (int) $id] . '</h1><a href="/">Back</a>';
} else {
    http_response_code(404);
    echo 'No such lamp.';
}
