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
    # findings about threads, processes and pools
    "threads that only took turns under the GIL": "потоки лишь работали по очереди (GIL)",
    "{n} thread{at} computed one at a time: {cores} cores between them (the GIL)": (
        "{n} поток{at} вычислял по очереди с другими: {cores} ядра на всех (GIL)",
        "{n} потока{at} вычисляли по очереди: {cores} ядра на всех (GIL)",
        "{n} потоков{at} вычисляли по очереди: {cores} ядра на всех (GIL)",
    ),
    "Only one thread at a time runs Python code, so together they took as long as one after the other.": (
        "Код на Python выполняет только один поток за раз, поэтому вместе они заняли столько же времени, сколько друг за другом."
    ),
    "Compute in processes: `with ProcessPoolExecutor() as pool: pool.map({function}, items)`, or a free-threaded Python.": (
        "Вычисляйте в процессах: `with ProcessPoolExecutor() as pool: pool.map({function}, items)`, либо возьмите Python без GIL."
    ),
    "Compute in processes: `Process(target={function}, args=…)`, or `ProcessPoolExecutor`; or a free-threaded Python.": (
        "Вычисляйте в процессах: `Process(target={function}, args=…)` или `ProcessPoolExecutor`; либо возьмите Python без GIL."
    ),
    "a daemon thread still running when the cell ended": "поток-демон работал и после конца ячейки",
    "still running when the cell ended: daemon thread {names}{at}": "ячейка закончилась, а поток-демон ещё работает: {names}{at}",
    "Nobody ends it: it goes on behind later cells, and is cut off in mid-work when Python exits.": (
        "Его никто не останавливает: он продолжит работу во время следующих ячеек и оборвётся на полуслове при выходе из Python."
    ),
    "Let it look at an Event: `while not stop.is_set(): …`; and before the cell ends `stop.set(); thread.join()`.": (
        "Пусть он проверяет Event: `while not stop.is_set(): …`, а в конце ячейки — `stop.set(); thread.join()`."
    ),
    "a pool that cost more than it saved": "пул обошёлся дороже, чем сэкономил",
    "{pool}{at} took {wall} for {n} call that takes {own} by itself: start {start}, hand-over {between}": (
        "{pool}{at}: {wall} на {n} вызов, подряд они заняли бы {own}: запуск {start}, пересылка {between}",
        "{pool}{at}: {wall} на {n} вызова, подряд они заняли бы {own}: запуск {start}, пересылка {between}",
        "{pool}{at}: {wall} на {n} вызовов, подряд они заняли бы {own}: запуск {start}, пересылка {between}",
    ),
    "Starting workers and sending each call and its result has a price, which calls so short do not pay back.": (
        "Запуск рабочих и пересылка каждого вызова и результата стоят времени, и такие короткие вызовы его не окупают."
    ),
    "For so little work call it directly: `[{function}(x) for x in items]`; a pool pays for long calls.": (
        "При столь малой работе вызывайте функцию напрямую: `[{function}(x) for x in items]`; пул окупается на долгих вызовах."
    ),
    "Call it directly: `[{function}(x) for x in items]`, or give each call more to do and less to send.": (
        "Вызывайте функцию напрямую: `[{function}(x) for x in items]`, либо поручайте вызову больше работы и пересылайте меньше данных."
    ),
    "Hand over many calls at once: `pool.map({function}, items, chunksize=100)`, or call it directly.": (
        "Передавайте вызовы порциями: `pool.map({function}, items, chunksize=100)`, либо вызывайте функцию напрямую."
    ),
    "a pool made anew for every call": "новый пул на каждый вызов",
    "{pool}{at} was made {n} time, one after the other: {idle} of {lives} went into starting and ending them": (
        "{pool}{at} создан {n} раз подряд: {idle} из {lives} ушло на запуск и завершение",
        "{pool}{at} создан {n} раза подряд: {idle} из {lives} ушло на запуск и завершение",
        "{pool}{at} создан {n} раз подряд: {idle} из {lives} ушло на запуск и завершение",
    ),
    "Each of them starts its own worker processes and ends them again.": "Каждый запускает собственные процессы и снова их завершает.",
    "Make it once, around the loop: `with {kind}(…) as pool:`, and call `pool.map(…)` inside.": (
        "Создайте его один раз, снаружи цикла: `with {kind}(…) as pool:`, а внутри вызывайте `pool.map(…)`."
    ),
    "an unbalanced pool: one worker is busy at the end": "неравномерный пул: под конец занят один рабочий",
    "{pool}{at} was unbalanced: {call} came last, and the other workers idled for {idle} of {window}": (
        "{pool}{at} загружен неравномерно: последним шёл {call}, остальные рабочие простаивали {idle} из {window}"
    ),
    "In the best order the same calls would have been done {lost} earlier.": (
        "В лучшем порядке те же вызовы закончились бы на {lost} раньше."
    ),
    "{chunk} calls travel together: use smaller chunks, `pool.map({function}, items, chunksize=1)`.": (
        "Вызовы раздаются порциями по {chunk}: возьмите порции поменьше, `pool.map({function}, items, chunksize=1)`."
    ),
    "Begin with the longest: `sorted(items, key=…, reverse=True)`; `as_completed` gives each result early.": (
        "Начинайте с самых долгих: `sorted(items, key=…, reverse=True)`; `as_completed` отдаёт каждый результат, как только он готов."
    ),
    "Begin with the longest: `sorted(items, key=…, reverse=True)`; `imap_unordered` gives each result early.": (
        "Начинайте с самых долгих: `sorted(items, key=…, reverse=True)`; `imap_unordered` отдаёт каждый результат, как только он готов."
    ),
    "a pool that was not closed": "пул не закрыт",
    "{pools}{at} was not closed: use `with {kind}(…) as pool:`": (
        "{pools}{at} не закрыт: пишите `with {kind}(…) as pool:`",
        "{pools}{at} не закрыты: пишите `with {kind}(…) as pool:`",
        "{pools}{at} не закрыты: пишите `with {kind}(…) as pool:`",
    ),
    "The workers stay when the cell has ended, idle, until Python exits.": (
        "Рабочие остаются и после конца ячейки и простаивают до выхода из Python."
    ),
    "To be rid of it now: `{call}`.": "Избавиться от него сейчас: `{call}`.",
    "a function that a pool's workers do not know as it is now": "функция, которой рабочие пула не знают в её нынешнем виде",
    "{function}{at} was defined after the pool's workers were started: they do not know it": (
        "{function}{at}: определена, когда рабочие пула уже были запущены, и они её не знают"
    ),
    "{function}{at} was changed after the pool's workers were started: they still run the old one": (
        "{function}{at}: изменена, когда рабочие пула уже были запущены, и они выполняют прежнюю"
    ),
    "A forked worker knows what was defined when it was started, and nothing of what came later.": (
        "Рабочий, созданный через fork, знает лишь то, что было определено к моменту его запуска."
    ),
    "Make a new pool below the definition; or `%taskprocesses by-value` sends functions as they are.": (
        "Создайте новый пул после определения; либо `%taskprocesses by-value` — тогда функции пересылаются как есть."
    ),
    "processes that take longer to start than to work": "процессы запускались дольше, чем работали",
    "{n} process of {function}(){at} took {start} to start and {work} to work": (
        "{n} процесс {function}(){at}: запуск занял {start}, работа — {work}",
        "{n} процесса {function}(){at}: запуск занял {start}, работа — {work}",
        "{n} процессов {function}(){at}: запуск занял {start}, работа — {work}",
    ),
    "A process costs milliseconds, or with spawn a good part of a second, before it does anything.": (
        "Процесс стоит миллисекунд, а при spawn — заметной доли секунды, прежде чем сделает хоть что-нибудь."
    ),
    "Call {function}() directly, or let a few processes do many calls: `pool.map({function}, items, chunksize=100)`.": (
        "Вызывайте {function}() напрямую либо раздайте много вызовов немногим процессам: `pool.map({function}, items, chunksize=100)`."
    ),
    "a process that was not joined": "процесса не дождались",
    "{names}{at} was still at work when the cell ended: nobody joined it": (
        "{names}{at}: ещё работал, когда ячейка закончилась, — его никто не дождался",
        "{names}{at}: ещё работали, когда ячейка закончилась, — их никто не дождался",
        "{names}{at}: ещё работали, когда ячейка закончилась, — их никто не дождался",
    ),
    "What comes next cannot rely on its work; a daemon process is killed in the middle of it when Python exits.": (
        "Дальше нельзя рассчитывать, что работа сделана; а при выходе из Python процесс-демон убивают посреди неё."
    ),
    "What comes next cannot rely on its work, and Python waits for it when it exits.": (
        "Дальше нельзя рассчитывать, что работа сделана, а при выходе Python будет ждать этого процесса."
    ),
    "Wait for it: `process.join()`.": "Дождитесь его: `process.join()`.",
    "a daemon cut off in the middle of its work": "демон оборван посреди работы",
    "{host} ended and took its daemon {name}{at} with it, which was in the middle of its work": (
        "{host} завершился и оборвал своего демона {name}{at} посреди работы"
    ),
    "A process that ends kills its daemons: no `finally` runs, and what they were writing stays half written.": (
        "Завершаясь, процесс убивает своих демонов: их `finally` не выполнится, а то, что они писали, останется недописанным."
    ),
    "Wait for it first: `{kind}.join()`; or let it be no daemon.": "Сначала дождитесь его: `{kind}.join()`, либо не делайте его демоном.",
    "a process that failed": "процесс завершился с ошибкой",
    "{names}{at} failed and nobody was told: {how}": (
        "{names}{at}: завершился с ошибкой, о которой никто не узнал: {how}",
        "{names}{at}: завершились с ошибкой, о которой никто не узнал: {how}",
        "{names}{at}: завершились с ошибкой, о которой никто не узнал: {how}",
    ),
    "`join()` raises nothing, whatever ended the process, so the cell goes on as if its work were done.": (
        "`join()` не бросает исключений, чем бы процесс ни закончился, и ячейка продолжается, будто работа сделана."
    ),
    "Look at `process.exitcode`; or submit {function}() to a `ProcessPoolExecutor`, whose `result()` raises it here.": (
        "Проверяйте `process.exitcode`; либо отдайте {function}() в `ProcessPoolExecutor`: его `result()` бросит исключение здесь."
    ),
    "{} more remark": ("ещё {} замечание", "ещё {} замечания", "ещё {} замечаний"),
    "□ stands for a character that no installed font has": "□ — символ, которого нет ни в одном установленном шрифте",
    # remarks and prints
    "printed": "напечатано",
    "{} time": ("{} раз", "{} раза", "{} раз"),
    "{n} remark: {texts}.": ("{n} пометка: {texts}.", "{n} пометки: {texts}.", "{n} пометок: {texts}."),
    "{} more numbered remark": ("ещё {} пометка", "ещё {} пометки", "ещё {} пометок"),
    "{} more line printed": ("ещё {} строка вывода", "ещё {} строки вывода", "ещё {} строк вывода"),
}
