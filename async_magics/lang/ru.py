"""Russian: the words on a chart.

``PLURAL`` is gettext's formula; a text that goes with a number has three forms, for 1, for 2 and for 5. Imports nothing of ours.
"""

from __future__ import annotations

from typing import Final

PLURAL: Final = "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"
DECIMAL: Final = ","
GROUP: Final = "\u00a0"

TEXTS: Final[dict[str, str | tuple[str, ...]]] = {
    # lanes
    "cell": "ячейка",
    "tasks": "задачи",
    "processes": "процессы",
    "threads": "потоки",
    "pools": "пулы",
    "workers": "рабочие",
    "calls": "вызовы",
    "generators": "генераторы",
    "pid {}": "pid {}",
    "chunks of {}": "порции по {}",
    "from before": "из более ранней ячейки",
    "{count} {outcome}": "{outcome}: {count}",
    "{count} others, {n} function": ("ещё {count}, {n} функция", "ещё {count}, {n} функции", "ещё {count}, {n} функций"),
    # legend
    "running": "работает",
    "waiting": "ждёт",
    "blocks the loop": "блокирует цикл событий",
    "ready, not yet run": "готова, ждёт очереди",
    "starting up": "запускается",
    "CPU time": "время процессора",
    "done": "завершена",
    "failed": "ошибка",
    "cancelled": "отменена",
    "still pending": "ещё не завершена",
    "cancels": "отменяет",
    "call and result": "вызов и результат",
    # bars and ends
    "a task": "задача",
    "a future": "future",
    "a thread": "поток",
    "idle": "без дела",
    "{} task": ("{} задача", "{} задачи", "{} задач"),
    "{} step": ("{} шаг", "{} шага", "{} шагов"),
    "{} call": ("{} вызов", "{} вызова", "{} вызовов"),
    "up to {} at once": "одновременно до {}",
    "one at a time": "по одному",
    "line {}": "строка {}",
    "by {}": "отменила {}",
    "by the cell": "отменила ячейка",
    "by a time-out": "вышло время",
    "by the TaskGroup": "отменила TaskGroup",
    ", ": "; ",
    "by another thread": "отменена из другого потока",
    "{how}() by the cell": "{how}() из ячейки",
    "{how}() by {who}": "{how}() из {who}",
    "exit code {}": "код выхода {}",
    "signal {}": "сигнал {}",
    "not closed": "не закрыт",
    "cell ends": "конец ячейки",
    # times
    "{} ns": "{} нс",
    "{} µs": "{} мкс",
    "{} ms": "{} мс",
    "{} s": "{} с",
    "{minutes} min {seconds} s": "{minutes} мин {seconds} с",
    "nanoseconds since the cell began": "наносекунды от начала ячейки",
    "microseconds since the cell began": "микросекунды от начала ячейки",
    "milliseconds since the cell began": "миллисекунды от начала ячейки",
    "seconds since the cell began": "секунды от начала ячейки",
    "minutes since the cell began": "минуты от начала ячейки",
    "nanoseconds since the start": "наносекунды от начала",
    "microseconds since the start": "микросекунды от начала",
    "milliseconds since the start": "миллисекунды от начала",
    "seconds since the start": "секунды от начала",
    "minutes since the start": "минуты от начала",
    # figures
    "{} at once on average": "в среднем {} одновременно",
    "{} process": ("{} процесс", "{} процесса", "{} процессов"),
    "{} program": ("{} программа", "{} программы", "{} программ"),
    "{} thread": ("{} поток", "{} потока", "{} потоков"),
    "{} generator": ("{} генератор", "{} генератора", "{} генераторов"),
    "{calls} in {n} worker": ("{calls} на {n} рабочего", "{calls} на {n} рабочих", "{calls} на {n} рабочих"),
    "{busy} of {n} core busy": ("занято ядер: {busy} из {n}", "занято ядер: {busy} из {n}", "занято ядер: {busy} из {n}"),
    "loop {} % busy": "цикл занят на {} %",
    "busiest loop {} % busy": "самый занятый цикл: {} %",
    "Gantt chart of {name}: {facts}.": "Диаграмма Ганта, {name}: {facts}.",
    "the loop was held up for {time}": "цикл событий был заблокирован {time}",
    "the loop was held up for {time}, longest at {line}": "цикл событий был заблокирован {time}, дольше всего: {line}",
    # footnotes
    "blocks the loop: {}": "цикл событий блокирует: {}",
    "{} task was still pending when this was drawn": (
        "{} задача ещё не завершилась, когда строилась диаграмма",
        "{} задачи ещё не завершились, когда строилась диаграмма",
        "{} задач ещё не завершились, когда строилась диаграмма",
    ),
    "never awaited: {}": "корутину создали, но не дождались: {}",
    "calls that no worker began: {}": "вызовы, которые никто не начал: {}",
    "failed: {}": "с ошибкой: {}",
    "ended badly: {}": "завершились аварийно: {}",
    "{pools} was not closed: use {code}": (
        "{pools} не закрыт: пишите {code}",
        "{pools} не закрыты: пишите {code}",
        "{pools} не закрыты: пишите {code}",
    ),
    "{n} thread computed one at a time: {cores} cores between them (the GIL); processes would use several cores": (
        "{n} поток вычислял по очереди с другими: всего {cores} ядра (GIL); процессы заняли бы несколько ядер",
        "{n} потока вычисляли по очереди: всего {cores} ядра на всех (GIL); процессы заняли бы несколько ядер",
        "{n} потоков вычисляли по очереди: всего {cores} ядра на всех (GIL); процессы заняли бы несколько ядер",
    ),
    "{n} thread computed side by side: {cores} cores": (
        "{n} поток вычислял одновременно с другими: {cores} ядра",
        "{n} потока вычисляли одновременно: {cores} ядра",
        "{n} потоков вычисляли одновременно: {cores} ядра",
    ),
    "{n} process computed side by side: {cores} cores": (
        "{n} процесс вычислял одновременно с другими: {cores} ядра",
        "{n} процесса вычисляли одновременно: {cores} ядра",
        "{n} процессов вычисляли одновременно: {cores} ядра",
    ),
    "exception never looked at: {}": "исключение никто не обработал: {}",
    "destroyed while pending: {}": "удалена, не завершившись: {}",
    "went on after it was cancelled: {}": "продолжила работу после отмены: {}",
    "{count} tasks share {n} lane": (
        "{count} задач показаны вместе на {n} дорожке",
        "{count} задач показаны вместе на {n} дорожках",
        "{count} задач показаны вместе на {n} дорожках",
    ),
    "the height tells how many there were, the dark part how many of them ran": (
        "высота — сколько их было, тёмная часть — сколько из них работало"
    ),
    "the height tells how many were alive; the strip below, how much of the time one of them ran": (
        "высота — сколько их ещё не завершено, полоска внизу — какую часть времени одна из них работала"
    ),
    "{} lane has more slices than pixels": (
        "на {} дорожке отрезков больше, чем пикселей",
        "на {} дорожках отрезков больше, чем пикселей",
        "на {} дорожках отрезков больше, чем пикселей",
    ),
    "the height of each colour is its share of the time": "высота цвета — его доля времени",
    "{} event did not fit into the limit and is missing here": (
        "{} событие не поместилось в заданный предел, здесь его нет",
        "{} события не поместились в заданный предел, здесь их нет",
        "{} событий не поместились в заданный предел, здесь их нет",
    ),
    # lanes that the author chose
    "nothing is called {name}": "ничего с именем {name} нет",
    "nothing is called {name}; did you mean {near}?": "ничего с именем {name} нет; может быть, {near}?",
    "{} lane is left out": ("{} дорожка скрыта", "{} дорожки скрыты", "{} дорожек скрыто"),
    # findings
    "the rule {code} failed: {error}": "правило {code} не сработало: {error}",
    "{} more finding: --findings all shows it": (
        "ещё {} замечание: покажет --findings all",
        "ещё {} замечания: покажет --findings all",
        "ещё {} замечаний: покажет --findings all",
    ),
    "{} more remark": ("ещё {} замечание", "ещё {} замечания", "ещё {} замечаний"),
    # comparing and repeating
    "{n} run: {times}": ("{n} запуск: {times}", "{n} запуска: {times}", "{n} запусков: {times}"),
    "{n} run: {times}, median {median}": (
        "{n} запуск: {times}, медиана {median}",
        "{n} запуска: {times}, медиана {median}",
        "{n} запусков: {times}, медиана {median}",
    ),
    "{n} run: {times} each": ("{n} запуск по {times}", "{n} запуска по {times}", "{n} запусков по {times}"),
    "{}× faster": "в {} раза быстрее",
    "{}× slower": "в {} раза медленнее",
    "{n}× faster": ("в {n} раз быстрее", "в {n} раза быстрее", "в {n} раз быстрее"),
    "{n}× slower": ("в {n} раз медленнее", "в {n} раза медленнее", "в {n} раз медленнее"),
    "as fast": "так же быстро",
    "a comparison": "сравнение",
    "trace": "запись",
    "time": "время",
    "against the first": "по сравнению с первой",
    "at once on average": "в среднем одновременно",
    "most at once": "больше всего сразу",
    "cores busy": "занято ядер",
    "loop busy": "цикл занят",
    "runs": "запуски",
    "this run failed; {n} run did not: {times}": (
        "этот запуск завершился ошибкой, ещё {n} — без ошибок: {times}",
        "этот запуск завершился ошибкой, ещё {n} — без ошибок: {times}",
        "этот запуск завершился ошибкой, ещё {n} — без ошибок: {times}",
    ),
    "□ stands for a character that no installed font has": "□ — символ, которого нет ни в одном установленном шрифте",
    # remarks and prints
    "printed": "напечатано",
    "{} time": ("{} раз", "{} раза", "{} раз"),
    "{n} remark: {texts}.": ("{n} пометка: {texts}.", "{n} пометки: {texts}.", "{n} пометок: {texts}."),
    "{} more numbered remark": ("ещё {} пометка", "ещё {} пометки", "ещё {} пометок"),
    "{} more line printed": ("ещё {} строка вывода", "ещё {} строки вывода", "ещё {} строк вывода"),
}
