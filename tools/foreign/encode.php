<?php
// Grants wishes with escpos-php: jobs on standard input, {id, bytes in base64} on standard output. Argument: its src folder.
// Columns are padded as the package's own example of a receipt does it.
spl_autoload_register(function ($class) use ($argv) {
    $file = $argv[1] . '/' . str_replace('\\', '/', $class) . '.php';
    if (file_exists($file)) {
        require $file;
    }
});
use Mike42\Escpos\CapabilityProfile;
use Mike42\Escpos\Printer;
use Mike42\Escpos\PrintConnectors\DummyPrintConnector;

function run(array $job): string
{
    $connector = new DummyPrintConnector();
    $printer = new Printer($connector, CapabilityProfile::load('default'));
    $raw = $job['page'] === 'bytes';
    if ($raw) {
        $connector->write(hex2bin($job['start']));
    }
    $put = function (string $text) use ($printer, $raw) {
        if ($raw) {
            $printer->textRaw(iconv('UTF-8', 'CP437', $text) . "\n");
        } else {
            $printer->text($text . "\n");
        }
    };
    $pad = fn (string $text, int $width, string $align) =>
        $align === 'right' ? str_repeat(' ', max(0, $width - mb_strlen($text))) . $text
            : $text . str_repeat(' ', max(0, $width - mb_strlen($text)));
    $aligns = ['left' => Printer::JUSTIFY_LEFT, 'center' => Printer::JUSTIFY_CENTER, 'right' => Printer::JUSTIFY_RIGHT];
    foreach ($job['wishes'] as $wish) {
        switch ($wish['do']) {
            case 'text':
                $printer->setJustification($aligns[$wish['align']]);
                $printer->setEmphasis($wish['bold']);
                $printer->setTextSize($wish['size'], $wish['size']);
                $put($wish['text']);
                $printer->setTextSize(1, 1);
                $printer->setEmphasis(false);
                $printer->setJustification(Printer::JUSTIFY_LEFT);
                break;
            case 'pair':
                $printer->setEmphasis($wish['bold']);
                $printer->setTextSize($wish['size'], $wish['size']);
                $room = intdiv($job['columns'], $wish['size']) - mb_strlen($wish['right']);
                $put($pad($wish['left'], $room, 'left') . $wish['right']);
                $printer->setTextSize(1, 1);
                $printer->setEmphasis(false);
                break;
            case 'row':
                $put(implode('', array_map(fn ($cell) => $pad($cell[0], $cell[1], $cell[2]), $wish['cells'])));
                break;
            case 'rule':
                $put(str_repeat('-', $job['columns']));
                break;
            case 'qr':
                $printer->qrCode($wish['data'], Printer::QR_ECLEVEL_M, 4);
                break;
            case 'cut':
                $printer->cut(Printer::CUT_PARTIAL);
                break;
            case 'pulse':
                $printer->pulse();
                break;
        }
    }
    $bytes = $connector->getData();
    $printer->close();
    return $bytes;
}

while (($line = fgets(STDIN)) !== false) {
    $job = json_decode($line, true);
    echo json_encode(['id' => $job['id'], 'bytes' => base64_encode(run($job))]), "\n";
}
