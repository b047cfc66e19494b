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
    # findings: asyncio
    "the cell": "ячейка",
    "awaited one after another though independent": "независимые ожидания друг за другом",
    "{calls} ran one after the other ({line}): {took}; at once about {best}": (
        "{calls} выполнялись друг за другом ({line}): {took}; одновременно вышло бы около {best}"
    ),
    "{calls} ran {n} times, one after the other ({line}): {took}; at once about {best}": (
        "{calls}: вызовов друг за другом — {n} ({line}), всего {took}; одновременно вышло бы около {best}"
    ),
    "None of them needs what another returns, so they could wait at the same time.": (
        "Ни одному из них не нужен результат другого, поэтому ждать они могли бы одновременно."
    ),
    "Write {code}, or create the tasks first and await them afterwards.": (
        "Пишите {code} — или сначала создайте все задачи, а потом дождитесь их."
    ),
    "a blocking call in the loop": "блокирующий вызов в цикле событий",
    "{who} blocked the loop for {took}; held up meanwhile: {held}": "цикл событий заблокирован на {took}, виновник — {who}; стояли: {held}",
    "{code} ({line}) blocked the loop for {took}; held up meanwhile: {held}": (
        "{code} ({line}): цикл событий заблокирован на {took}; стояли: {held}"
    ),
    "The loop has one thread only: until this call returns nobody else can take a step.": (
        "У цикла событий один поток: пока вызов не вернётся, никто другой не сделает ни шага."
    ),
    "Hand the call to a thread: `await asyncio.to_thread(f, x)`; much computing, to a process.": (
        "Отдайте вызов потоку: `await asyncio.to_thread(f, x)`; долгие вычисления — процессу."
    ),
    "It computed all the while, and the loop has one thread only: nobody else could take a step.": (
        "Всё это время шло вычисление, а поток у цикла событий один: никто другой не мог сделать ни шага."
    ),
    "Let a process compute: `await loop.run_in_executor(ProcessPoolExecutor(), f, x)`.": (
        "Вычисления отдайте процессу: `await loop.run_in_executor(ProcessPoolExecutor(), f, x)`."
    ),
    "It did not compute, it slept or waited, and the loop's only thread with it.": (
        "Вызов ничего не вычислял, он спал или ждал, а вместе с ним — единственный поток цикла событий."
    ),
    "Write `await asyncio.sleep(…)`; what cannot be awaited: `await asyncio.to_thread(f, x)`.": (
        "Пишите `await asyncio.sleep(…)`, а то, чего нельзя дождаться через await, — `await asyncio.to_thread(f, x)`."
    ),
    "busy polling with sleep(0)": "активное ожидание через sleep(0)",
    "{who} went round its waiting loop {n} times in {took} ({line}): busy polling with sleep(0)": (
        "{who}: {n} оборотов пустого цикла за {took} ({line}) — активное ожидание через sleep(0)"
    ),
    "The processor is kept busy with a question whose answer does not change.": ("Процессор занят вопросом, ответ на который не меняется."),
    "Let the other side tell: `await event.wait()` here, `event.set()` there; or an asyncio.Queue.": (
        "Пусть другая сторона сообщит сама: здесь `await event.wait()`, там `event.set()`; или asyncio.Queue."
    ),
    "long ready times: the loop is overloaded": "задачи долго ждут своей очереди: цикл событий перегружен",
    "the loop was {busy} busy: half of {n} wakes waited {late} or longer for their turn ({tasks})": (
        "цикл событий занят на {busy}: половина из {n} пробуждений ждала очереди {late} или дольше ({tasks})"
    ),
    "There is more to compute than one thread can do, so every answer comes late.": (
        "Вычислений больше, чем успевает один поток, поэтому опаздывает каждый ответ."
    ),
    "Move the computing into processes (`ProcessPoolExecutor`), or do less between two awaits.": (
        "Перенесите вычисления в процессы (`ProcessPoolExecutor`) или делайте меньше между двумя await."
    ),
    "too many tasks at once on one resource": "слишком много задач сразу на один ресурс",
    "{n} connections were being made at once ({line})": "соединений, которые устанавливались одновременно: {n} ({line})",
    "Servers refuse such a crowd, and a process may have only so many sockets open.": (
        "Такую толпу серверы не пускают, да и число открытых сокетов у процесса ограничено."
    ),
    "Let a few through at a time: `limit = asyncio.Semaphore(20)`, then `async with limit:` around it.": (
        "Пропускайте понемногу: `limit = asyncio.Semaphore(20)` и вокруг вызова `async with limit:`."
    ),
    "{n} calls waited at once for {threads} threads ({line}), the last of them {longest}": (
        "вызовов, одновременно ждавших потока: {n}, потоков: {threads} ({line}); дольше всего ждали {longest}"
    ),
    "They only stand in a queue that nobody sees; it takes memory, and time-outs run meanwhile.": (
        "Они лишь стоят в очереди, которой никто не видит; она занимает память, а тайм-ауты тем временем идут."
    ),
    "Begin as many as can run: `async with limit:` with `limit = asyncio.Semaphore({threads})`.": (
        "Начинайте столько, сколько может работать: `async with limit:`, где `limit = asyncio.Semaphore({threads})`."
    ),
    "a coroutine that nobody awaited": "корутина, которой никто не дождался",
    "{call} made a coroutine that nobody awaited, so nothing of it ran (times: {n})": (
        "{call}: корутину создали, но не дождались, ни одна её строка не выполнилась (раз: {n})"
    ),
    "{call} made a coroutine that nobody awaited, so nothing of it ran ({line})": (
        "{call}: корутину создали, но не дождались, ни одна её строка не выполнилась ({line})"
    ),
    "Calling an `async def` function runs nothing: it returns a plan of what is to be done.": (
        "Вызов функции `async def` ничего не выполняет: он возвращает корутину, план того, что нужно сделать."
    ),
    "Write `await {call}`; to go on meanwhile: `task = asyncio.create_task({call})`.": (
        "Пишите `await {call}`, а чтобы тем временем идти дальше — `task = asyncio.create_task({call})`."
    ),
    "a task failed and nobody looked at its exception": "задача упала, а исключение никто не посмотрел",
    "{who} failed and nobody noticed: {error}": "{who}: исключение, которого никто не заметил: {error}",
    "{who}, started in {line}, failed and nobody noticed: {error}": "{who} ({line}): исключение, которого никто не заметил: {error}",
    "A task keeps its exception for whoever awaits it; this one was thrown away unread.": (
        "Задача хранит исключение для того, кто её дождётся; это пропало непрочитанным."
    ),
    "Keep the task and `await` it where you need it done; or use `async with asyncio.TaskGroup()`.": (
        "Сохраните задачу и дождитесь её (`await`) там, где она нужна готовой, или возьмите `async with asyncio.TaskGroup()`."
    ),
    "a task that nobody keeps a reference to": "задача, на которую никто не хранит ссылку",
    "{tasks}, started in {line}, vanished in the middle of the work: destroyed while pending": (
        "{tasks} ({line}): исчезновение посреди работы, уничтожение до завершения"
    ),
    "{tasks} vanished in the middle of the work: destroyed while pending": (
        "{tasks}: исчезновение посреди работы, уничтожение до завершения"
    ),
    "nobody kept {tasks}, started in {line} and still at work when that code was over": (
        "{tasks} ({line}): ссылки никто не сохранил, а создавший код закончился раньше"
    ),
    "The loop itself holds tasks loosely: one without a reference may vanish, and its errors go unseen.": (
        "Сам цикл событий держит задачи слабыми ссылками: задача без ссылки может исчезнуть, а её ошибок никто не увидит."
    ),
    "Write `task = asyncio.create_task(…)` and `await task`; or use `async with asyncio.TaskGroup()`.": (
        "Пишите `task = asyncio.create_task(…)` и `await task` — или `async with asyncio.TaskGroup()`."
    ),
    "a task outlived the cell, out of everybody's reach": "задача пережила ячейку и никому не доступна",
    "{tasks}, started in {line}, went on for {after} after the cell, out of everybody's reach": (
        "{tasks} ({line}): ещё {after} работы после конца ячейки, и дождаться этого никто не может"
    ),
    "Only a variable of {function} knew it, and {function} is over: result and errors are lost.": (
        "Задачу знала лишь переменная в {function}, а {function} уже завершилась: результат и ошибки потеряны."
    ),
    "Await it before {function} ends, return it, or use `async with asyncio.TaskGroup()`.": (
        "Дождитесь её до конца {function}, верните её или возьмите `async with asyncio.TaskGroup()`."
    ),
    "gather failed while its other tasks ran on": "gather завершился ошибкой, а остальные его задачи продолжили работу",
    "gather{at} ended with {error} of {failed}; {others} ran on, up to {after} longer": (
        "gather{at} завершился: {error} в {failed}; остальные ({others}) работали дальше, самое долгое ещё {after}"
    ),
    "gather passes the first exception on and stops nobody: what the others return or raise is lost.": (
        "gather сразу передаёт первое исключение и никого не останавливает: результаты и ошибки остальных потеряны."
    ),
    "`async with asyncio.TaskGroup()` stops the others; `return_exceptions=True` waits for all.": (
        "`async with asyncio.TaskGroup()` остановит остальных, `return_exceptions=True` дождётся всех."
    ),
    "a cancellation that was swallowed": "проглоченная отмена",
    "{who} was cancelled, went on for {after} all the same and returned": (
        "{who}: отмена была, но работа шла ещё {after} и закончилась обычным return"
    ),
    "{who} was cancelled and returned as if nothing had happened": "{who}: отмена была, но закончилось всё обычным return",
    "{who} was cancelled, caught that ({line}), went on for {after} and returned": (
        "{who}: отмену перехватили ({line}), работа шла ещё {after} и закончилась обычным return"
    ),
    "{who} was cancelled, caught that ({line}) and returned as if nothing had happened": (
        "{who}: отмену перехватили ({line}), и закончилось всё обычным return, будто её не было"
    ),
    "Whoever cancels it, a time-out or a TaskGroup too, relies on the task's ending as cancelled.": (
        "Тот, кто отменяет, — тайм-аут и TaskGroup тоже — рассчитывает, что задача завершится как отменённая."
    ),
    "Tidy up in `finally:`, or end `except asyncio.CancelledError:` with `raise`.": (
        "Прибирайтесь в `finally:` или завершайте `except asyncio.CancelledError:` строкой `raise`."
    ),
    "a cancellation that took long to come into effect": "отмена, которая долго не срабатывала",
    "{who} took {took} to end after it had been cancelled{at}": "{who}: от отмены до завершения прошло {took}{at}",
    "Cancelling is a request: `except` and `finally` run first, and whoever waits for the end waits for them.": (
        "Отмена — это просьба: сначала выполняются `except` и `finally`, и тот, кто ждёт завершения, ждёт и их."
    ),
    "Tidy up quickly, or set a limit: `async with asyncio.timeout(1):` inside the `finally:`.": (
        "Прибирайтесь быстро или поставьте предел: `async with asyncio.timeout(1):` внутри `finally:`."
    ),
    "a time-out threw finished work away": "тайм-аут выбросил сделанную работу",
    "a time-out stopped {who} after {took} ({line}); {lost} of work was done by then, and is lost": (
        "тайм-аут остановил {who} через {took} ({line}); к этому времени сделано работы на {lost}, и она потеряна"
    ),
    "What a cancelled coroutine has got so far goes with it; another attempt begins from the start.": (
        "Всё, что успела отменённая корутина, пропадает вместе с ней; новая попытка начнётся сначала."
    ),
    "Limit single steps, keep what is done, or let it go on: `wait_for(asyncio.shield(task), …)`.": (
        "Ограничивайте отдельные шаги, сохраняйте сделанное или дайте закончить: `wait_for(asyncio.shield(task), …)`."
    ),
    "tasks queued for a lock": "очередь задач к блокировке",
    "{n} tasks queued for {lock}{at}: somebody waited {share} of the time, all together {took}": (
        "задач в очереди к {lock}{at}: {n}; кто-нибудь ждал {share} времени, все вместе — {took}"
    ),
    "Only one at a time gets through, so they run one after the other, as if there were no tasks.": (
        "Проходит только одна за раз, поэтому они работают друг за другом, будто задач и нет."
    ),
    "Hold it only around what must not overlap; await what takes long before or after.": (
        "Держите её только вокруг того, что не должно пересекаться; долгое ожидайте до или после."
    ),
    "tasks that wait for each other in a circle": "задачи ждут друг друга по кругу",
    "deadlock, each waits for the next: {circle}": "взаимная блокировка, каждый ждёт следующего: {circle}",
    "Each keeps what the one before it waits for, so none of them can go on.": (
        "Каждый держит то, чего ждёт предыдущий, поэтому никто не может продолжить."
    ),
    "Take locks in the same order everywhere, and never await a task that awaits you.": (
        "Берите блокировки везде в одном порядке и не ждите задачу, которая ждёт вас."
    ),
    "a wait that nobody was left to end": "ожидание, которое некому было закончить",
    "{who} waited for {what}{at}, and no task of the cell was left that could have ended that": (
        "{who}: ожидание {what}{at}, а задач, которые могли бы его закончить, в ячейке не осталось"
    ),
    "All others were over, or waited in the same way: without the interrupt it would have hung for ever.": (
        "Все остальные завершились или ждали так же: без прерывания это длилось бы вечно."
    ),
    "See to it that whoever is to end the wait does so in every case, errors too: `try: … finally: event.set()`.": (
        "Тот, кто должен закончить ожидание, пусть делает это всегда, и при ошибках: `try: … finally: event.set()`."
    ),
    "Tell the reader that nothing more will come: `await queue.put(None)`, or cancel it when `queue.join()` is over.": (
        "Сообщите читателю, что больше ничего не будет: `await queue.put(None)`, — или отмените его после `queue.join()`."
    ),
    "Write `async with lock:`, which lets go in every case; a lock cannot be taken twice by the same task.": (
        "Пишите `async with lock:` — он отпустит всегда; одна и та же задача не может взять блокировку дважды."
    ),
    "Call `queue.task_done()` once for each `get()`, and read until the queue is empty.": (
        "Вызывайте `queue.task_done()` по разу на каждый `get()` и читайте, пока очередь не опустеет."
    ),
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
    # footnotes
    "blocks the loop: {}": "цикл событий блокирует: {}",
    "{} task was still pending when this was drawn": (
        "{} задача ещё не завершилась, когда строилась диаграмма",
        "{} задачи ещё не завершились, когда строилась диаграмма",
        "{} задач ещё не завершились, когда строилась диаграмма",
    ),
    "calls that no worker began: {}": "вызовы, которые никто не начал: {}",
    "failed: {}": "с ошибкой: {}",
    "ended badly: {}": "завершились аварийно: {}",
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
    # table of figures
    "task": "задача",
    "call": "вызов",
    "life, s": "прожила, с",
    "busy, s": "работала, с",
    "ready, s": "в очереди, с",
    "waiting, s": "ждала, с",
    "CPU, s": "процессор, с",
    "steps": "шаги",
    "longest step, s": "самый долгий шаг, с",
    "where": "где",
    "wakes": "пробуждения",
    "woken by": "что разбудило",
    "waited for, s": "чего ждала, с",
    "timer": "таймер",
    "I/O": "ввод-вывод",
    "itself": "сама",
    "its creation": "создание",
    "not seen": "не видно",
    "{} more": ("ещё {}", "ещё {}", "ещё {}"),
    "at once: {mean} on average, {most} at most": "одновременно: в среднем {mean}, самое большее {most}",
    "waited for in all, s: {}": "всего ждали, с: {}",
    "longest step: {time}, {task}": "самый долгий шаг: {time}, {task}",
    "the busiest tasks; all others are summed up in the last row": (
        "здесь те, что работали больше всех; остальные сложены в последней строке"
    ),
    # critical path
    "critical path": "критический путь",
    "What determined the {whole}: {a}.": "Из чего складываются {whole}: {a}.",
    "What determined the {whole}: {a}; {b}.": "Из чего складываются {whole}: {a}; {b}.",
    "What determined the {whole}: {a}; {b}; {c}.": "Из чего складываются {whole}: {a}; {b}; {c}.",
    "It cannot be faster than {bound} unless this gets shorter.": "Быстрее чем за {bound} не получится, пока это не станет короче.",
    "It cannot be faster than {bound} unless these get shorter or run side by side.": (
        "Быстрее чем за {bound} не получится, пока всё это не станет короче или не пойдёт одновременно."
    ),
    "{what} ({time})": "{what} ({time})",
    "{who} starts up": "запускается {who}",
    "{who} on the way to a worker": "{who} по дороге к рабочему",
    "a result on its way back": "результат на обратном пути",
    "the event loop itself": "сам цикл событий",
    "not known, for it was not recorded": "неизвестно что: этого нет в записи",
    "own code of the cell": "код самой ячейки",
    "own code of the cell, {line}": "код самой ячейки, {line}",
    "{who} runs": "работает {who}",
    "{who} runs, {line}": "работает {who}, {line}",
    "a wait": "ожидание",
    "a time-out": "тайм-аут",
    "{wait} in {who}": "{wait} в {who}",
    "{wait} in {who}, {line}": "{wait} в {who}, {line}",
    "{wait}, {line}": "{wait}, {line}",
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
    "The workers stay when the cell has ended, idle, as long as anything refers to the pool.": (
        "Рабочие остаются и после конца ячейки и простаивают, пока на пул хоть что-то ссылается."
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
    "at once at most": "одновременно самое большее",
    "cores busy": "занято ядер",
    "loop busy": "цикл занят",
    "runs": "запуски",
    "this run failed; {n} run did not: {times}": (
        "этот запуск завершился ошибкой, ещё {n} — без ошибок: {times}",
        "этот запуск завершился ошибкой, ещё {n} — без ошибок: {times}",
        "этот запуск завершился ошибкой, ещё {n} — без ошибок: {times}",
    ),
    # grading
    "yes": "да",
    "no": "нет",
    "wanted: {sign} {wanted}": "требовалось: {sign} {wanted}",
    "{value} at once at the most": "одновременно не больше {value}",
    "{name}: {value} at once at the most": "{name}: одновременно не больше {value}",
    "{name}: {value} in all": "{name}: всего {value}",
    "it took {value} s": "время работы: {value} с",
    "{name} took {value} s": "{name}: время работы {value} с",
    "there is no task {name!r}; there are: {tasks}": "нет задачи {name!r}; есть: {tasks}",
    "there is {n} task {name!r}: {tasks}": (
        "задач с именем {name!r} — {n}: {tasks}",
        "задач с именем {name!r} — {n}: {tasks}",
        "задач с именем {name!r} — {n}: {tasks}",
    ),
    "say which, as in task({call!r}) or task({name!r}, 0)": "укажите, какая нужна: task({call!r}) или task({name!r}, 0)",
    "{task} never began": "{task} так и не началась",
    "{a} and {b} ran at the same time for {time}": "{a} и {b} работали одновременно {time}",
    "{a} ran {a_from}–{a_to} s, {b} {b_from}–{b_to} s: one after the other": (
        "{a} работала {a_from}–{a_to} с, {b} — {b_from}–{b_to} с: одна после другой"
    ),
    "{a} ended at {a_to} s, {b} began at {b_from} s": "{a} закончилась на {a_to} с, {b} началась на {b_from} с",
    "{b} began at {b_from} s, {a} ended only at {a_to} s": "{b} началась на {b_from} с, а {a} закончилась только на {a_to} с",
    "{task} ran in the process {process}, in the thread {thread}": "{task} работала в процессе {process}, в потоке {thread}",
    "{task} returned at {to} s": "{task} вернула результат на {to} с",
    "{task} raised {exception} at {to} s": "{task} завершилась с исключением {exception} на {to} с",
    "{task} was cancelled at {to} s": "{task} отменена на {to} с",
    "{task} finished at {to} s": "{task} завершилась на {to} с",
    "{task} had not finished when the recording ended": "{task} не завершилась до конца записи",
    "nothing held up the loop for {time}": "ничто не блокировало цикл событий на {time}",
    "{task} held up the loop for {time}": "{task} блокировала цикл событий {time}",
    "{task} held up the loop for {time} at {line}: {code}": "{task} блокировала цикл событий {time}, {line}: {code}",
    "nothing was left behind": "ничего не осталось незавершённым",
    "still going on when the code had ended: {names}": "код закончился, а они ещё работали: {names}",
    "nobody waited for it, and it was cancelled when its loop ended: {names}": (
        "никто не дождался, и при завершении цикла событий их отменили: {names}"
    ),
    "a coroutine was never awaited: {names}": "корутину создали, но не дождались через await: {names}",
    "an exception was never looked at: {names}": "исключение никто не обработал: {names}",
    "a task was destroyed while it was pending: {names}": "задачу удалили, не дав завершиться: {names}",
    "a pool was not closed: {names}": "пул не закрыт: {names}",
    "no worker began these calls: {names}": "рабочие не начали эти вызовы: {names}",
    "it took {time}, {other} took {other_time}: {ratio} times as fast": (
        "время работы {time}, {other} — {other_time}: быстрее в {ratio} раза"
    ),
    "no findings": "замечаний нет",
    "□ stands for a character that no installed font has": "□ — символ, которого нет ни в одном установленном шрифте",
    # the page (.html)
    "Findings": "Замечания",
    "Notes": "Заметки",
    "Figures": "Цифры",
    "Source": "Код",
    "moment": "момент",
    "note": "заметка",
    "recorded {when} UTC": "записано {when} UTC",
    "{} more is not listed": ("ещё {} не показана", "ещё {} не показаны", "ещё {} не показано"),
    # what a page does not get
    "only the first {} prints are listed here": "здесь перечислено только начало напечатанного, строк: {}",
    "only the first {} remarks are shown here": "здесь показаны только первые заметки: {}",
    "only the first {} arrows are known here": "здесь известны только первые стрелки: {}",
    "only the first {} parts of the critical path are drawn here": "здесь нарисовано только начало критического пути, отрезков: {}",
    # the interactive page (.html)
    "This browser is too old for the interactive chart; here is the picture.": (
        "Этот браузер слишком старый для интерактивной диаграммы, поэтому здесь картинка."
    ),
    "The interactive chart could not be opened; here is the picture.": (
        "Не удалось открыть интерактивную диаграмму, поэтому здесь картинка."
    ),
    "The interactive chart is left out: its {n} slice is more than a page holds ({most}).": (
        "Интерактивной диаграммы нет: {n} отрезок — больше, чем помещается на страницу ({most}).",
        "Интерактивной диаграммы нет: {n} отрезка — больше, чем помещается на страницу ({most}).",
        "Интерактивной диаграммы нет: {n} отрезков — больше, чем помещается на страницу ({most}).",
    ),
    "Contents": "Содержание",
    # what a notebook keeps; scripts
    "code ends": "конец кода",
    "the trace takes {size} and is not kept in the notebook: save it as a file (--save trace.json)": (
        "запись занимает {size} и в тетради не хранится: сохраните её в файл (--save trace.json)"
    ),
    "the trace takes {size} and is kept beside the notebook, in {path}": "запись занимает {size} и хранится рядом с тетрадью, в {path}",
    # controls and panels of the page
    "controls of the chart": "управление диаграммой",
    "zoom": "масштаб",
    "arrows and paths": "стрелки и пути",
    "search": "поиск",
    "name or call": "имя или вызов",
    "{n} of {all}: {who}": "{n} из {all}: {who}",
    "lanes: {n} of {all}": "дорожек: {n} из {all}",
    "nothing matches": "ничего не найдено",
    "filter": "фильтр",
    "all": "все",
    "state": "состояние",
    "kind": "вид",
    "outcome": "исход",
    "longer than": "дольше чем",
    "unit of time": "единица времени",
    "s": "с",
    "ms": "мс",
    "µs": "мкс",
    "clear the filter": "сбросить фильтр",
    "order": "порядок",
    "as a tree": "деревом",
    "by creation": "по созданию",
    "by end": "по завершению",
    "by name": "по имени",
    "by duration": "по длительности",
    "by time running": "по времени работы",
    "by time waiting": "по времени ожидания",
    "groups": "группы",
    "fold all": "свернуть все",
    "unfold all": "развернуть все",
    "arrows": "стрелки",
    "arrows of the chosen task; without one, cancellations and calls": "стрелки выбранной задачи, а без неё — отмены и вызовы",
    "causes": "причины",
    "what led to the chosen task, back to the cell": "что привело к выбранной задаче, вплоть до ячейки",
    "theme": "тема",
    "as the system": "как в системе",
    "light": "светлая",
    "dark": "тёмная",
    "add a note": "добавить заметку",
    "{when}, {who}; click into the chart for another place": "{when}, {who}; другое место — щелчок по диаграмме",
    "keep it": "сохранить",
    "discard": "не сохранять",
    "type what the note should say": "напишите текст заметки",
    "the note is on the chart": "заметка добавлена на диаграмму",
    "None yet: press “add a note”.": "Пока нет: нажмите «добавить заметку».",
    "save my notes as lines of %tasknote": "сохранить мои заметки строками %tasknote",
    "the chart as a whole": "диаграмма в целом",
    "save as": "сохранить как",
    "saved: {}": "сохранено: {}",
    "details": "подробности",
    "Chosen task": "Выбранная задача",
    "Printed": "Напечатано",
    "Tasks as a table": "Задачи таблицей",
    "from {from} to {to} s": "с {from} по {to} с",
    "Click a lane, or go to it with the arrow keys and press Enter.": "Щёлкните по дорожке или перейдите к ней стрелками и нажмите Enter.",
    "name": "имя",
    "created": "создана",
    "creator:": "создатель:",
    "first step": "первый шаг",
    "life": "время жизни",
    "result": "результат",
    "share": "доля",
    "waited for": "чего ждала",
    "to its creator": "к создателю",
    "created tasks: {}": "созданные задачи: {}",
    "go to a task that it created": "перейти к созданной ею задаче",
    "Why:": "Почему:",
    "Instead:": "Вместо этого:",
    "more: {}": "ещё: {}",
    "in all: {}": "всего: {}",
    "The busiest tasks: {}; the last row is the total of all that are shown.": (
        "Самые занятые задачи: {}; последняя строка — итог по всем показанным."
    ),
    "There are too many slices to sum them up without a kernel.": "Отрезков слишком много, чтобы сложить их без ядра.",
    "running, s": "работает, с",
    "created, s": "создана, с",
    "ended, s": "завершена, с",
    "asyncio task": "задача asyncio",
    "thread": "поток",
    "process": "процесс",
    "program": "программа",
    "pool": "пул",
    "worker": "рабочий",
    "call in a pool": "вызов в пуле",
    "generator": "генератор",
    "greenlet": "гринлет",
    "Keys": "Клавиши",
    "move the window": "сдвинуть окно",
    "zoom in, zoom out": "крупнее, мельче",
    "go to the lane above, below": "перейти к дорожке выше, ниже",
    "go to the slice before, after": "перейти к отрезку раньше, позже",
    "choose the task; unfold or fold a group": "выбрать задачу; развернуть или свернуть группу",
    "leave the choice": "снять выбор",
    "search; Enter goes to the next match": "поиск; Enter — к следующей находке",
    "keys": "клавиши",
    "The wheel zooms, dragging moves, a double click shows all.": (
        "Колесо меняет масштаб, перетаскивание двигает, двойной щелчок показывает всё."
    ),
    # remarks and prints
    "printed": "напечатано",
    "{} time": ("{} раз", "{} раза", "{} раз"),
    "{n} remark: {texts}.": ("{n} пометка: {texts}.", "{n} пометки: {texts}.", "{n} пометок: {texts}."),
    "{} more numbered remark": ("ещё {} пометка", "ещё {} пометки", "ещё {} пометок"),
    # the widget, and a part of the time axis
    "it had just been created": "только что создана",
    "it had only yielded": "только уступила очередь",
    "woken by a timer": "разбужена таймером",
    "woken by input or output": "разбужена вводом-выводом",
    "woken by another thread": "разбужена другим потоком",
    "woken by {}": "разбудила {}",
    "{start} to {end}, {took}": "от {start} до {end}, {took}",
    "zoom in (+)": "крупнее (+)",
    "zoom out (-)": "мельче (-)",
    "show all (0)": "показать всё (0)",
    "earlier (left arrow)": "раньше (стрелка влево)",
    "later (right arrow)": "позже (стрелка вправо)",
    "fold": "группы",
    "let like tasks share a lane where they are many (f)": "похожие задачи — на одной дорожке, если их много (f)",
    "what determined how long it took": "от чего зависело, сколько это длилось",
    "longer than, s": "дольше, с",
    "a state of at least so many seconds, or a life": "состояние не короче стольких секунд, а если не выбрано — вся жизнь задачи",
    "which lanes are shown": "какие дорожки видны",
    "save what is shown": "сохранить то, что видно",
    "wheel or drag: zoom; shift: move along; click: causes; keys: arrows + - 0 , . f Enter Escape": (
        "колесо или рамка — масштаб; с Shift — сдвиг; щелчок — причины; клавиши: стрелки + - 0 , . f Enter Escape"
    ),
    "lane": "дорожка",
    "ready": "готова",
    "share of the time": "доля времени",
    "only {start} to {end} of {all} are shown": "показана только часть: от {start} до {end} из {all}",
    "the window begins at {start}, after the end at {end}: all is shown": "окно начинается в {start}, после конца ({end}): показано всё",
    "{} more line printed": ("ещё {} строка вывода", "ещё {} строки вывода", "ещё {} строк вывода"),
    # the page program: hover and keys
    "zoom in": "крупнее",
    "zoom out": "мельче",
    "show all": "показать всё",
    "open to calls": "принимает вызовы",
    "just created": "только что создана",
    "created by {}": "создана: {}",
    "let the others run": "уступила очередь",
    "woken from another thread": "разбудил другой поток",
    "click the chart, or hold Ctrl, to zoom with the wheel": "чтобы менять масштаб колесом, щёлкните по диаграмме или держите Ctrl",
    "arrow keys: lanes and panning; comma and point: slices; plus and minus: zoom; Home: all; Enter: choose; Escape: let go": (
        "стрелки — строки и сдвиг; запятая и точка — отрезки; плюс и минус — масштаб; Home — всё целиком; Enter — выбрать; "
        "Escape — отменить выбор"
    ),
    "chosen: {}": "выбрано: {}",
    "the kernel does not answer: {}": "ядро не отвечает: {}",
    # replay
    "is running": "выполняется",
    "is ready": "готова, ждёт цикла",
    "waits": "ждёт",
    "starts up": "запускается",
    "in the queue": "в очереди",
    "is over": "уже не работает",
    "not recorded": "не записано",
    "waits in this line": "ждёт в этой строке",
    "somewhere after this line": "где-то после этой строки",
    "was seen in this line": "замечена в этой строке",
    "its code begins here": "здесь начинается её код",
    "{task} is ready: its timer fired": "{task}: сработал таймер, можно продолжать",
    "{task} gives way to others": "{task} уступает место другим",
    "{task} is ready: data or a connection arrived": "{task}: пришли данные или соединение, можно продолжать",
    "{task} is ready: another thread woke it": "{task}: разбудил другой поток, можно продолжать",
    "{task} is ready": "{task}: можно продолжать",
    "{who} wakes {task}": "{who} → {task}: можно продолжать",
    "{task} prints: {what}": "{task} печатает: {what}",
    "printed: {what}": "напечатано: {what}",
    "{task} is asked to stop": "{task}: запрошена отмена",
    "{task} is asked to stop: {what}": "{task}: запрошена отмена, {what}",
    "{task} begins": "{task}: начало",
    "{task} is there from before": "{task}: запущено раньше",
    "{who} hands {task} to the pool": "{who} отдаёт в пул: {task}",
    "{who} creates {task}": "{who} создаёт: {task}",
    "{task} fails: {what}": "{task} завершается с ошибкой: {what}",
    "{task} ends: it was cancelled": "{task} завершается: отмена",
    "{task} is finished": "{task} завершается",
    "{task} has nothing to do": "{task}: работы нет",
    "{task} waits": "{task} ждёт",
    "{task} waits: {what}": "{task} ждёт: {what}",
    "{task} starts up": "{task} запускается",
    "{task} takes a call": "{task} берёт вызов",
    "{who} runs {task}": "{who} выполняет: {task}",
    "{task} runs": "{task} выполняется",
    "{task}: not recorded from here on": "{task}: дальше не записано",
    "the result of {task} is back": "{task}: результат вернулся",
    "only the beginning is replayed: {steps}, up to {time}": "показано только начало: {steps}, до {time}",
    "replay": "по шагам",
    "play": "пуск",
    "pause": "пауза",
    "step back": "шаг назад",
    "step forward": "шаг вперёд",
    "to the beginning": "в начало",
    "to the end": "в конец",
    "speed": "скорость",
    "any task": "любая задача",
    "next event of the task": "следующее событие задачи",
    "previous event of the task": "предыдущее событие задачи",
    "predict first": "сначала угадать",
    "step {step} of {steps} · {time}": "шаг {step} из {steps} · {time}",
    "Code": "Код",
    "code of earlier cells": "код из прежних ячеек",
    "ready, in the order in which they go on": "готовы, в порядке, в котором продолжат",
    "ready (the order is the answer)": "готовы (порядок — это ответ)",
    "nobody": "никто",
    "has the loop: {who}": "цикл событий занят: {who}",
    "runs now": "выполняется",
    "the loop is free": "цикл событий свободен",
    "timers": "таймеры",
    "printed so far": "уже напечатано",
    "nothing": "ничего",
    "pool {who}": "пул {who}",
    "queue of calls": "очередь вызовов",
    "results": "результаты",
    "on its way back": "ещё в пути",
    "Who runs next?": "Кто выполняется следующим?",
    "Right: {who} runs next.": "Верно: следующий — {who}.",
    "No: {who} runs next.": "Нет: следующий — {who}.",
    "{right} of {asked} were right.": "Угадано {right} из {asked}.",
    "nothing to predict: there was never a choice": "угадывать нечего: выбора ни разу не было",
    "space: play or pause · arrow keys: steps · n, p: next and previous event of the chosen task": (
        "пробел: пуск и пауза · стрелки: шаги · n, p: следующее и предыдущее событие выбранной задачи"
    ),
    "in {time}": "через {time}",
    "and {n} more": "и ещё {n}",
    # the live chart
    "run {run} of {runs}": "прогон {run} из {runs}",
    "running {}": "выполняется {}",
    "waiting {}": "ждёт {}",
    "ready {}": "готово {}",
    "done {}": "завершено {}",
    "calls of pools: running {running}, queued {queued}, done {done}": (
        "вызовы в пулах: выполняется {running}, в очереди {queued}, завершено {done}"
    ),
    "this display takes {} % of the time": "на этот показ уходит {} % времени",
    "{} more is not shown": ("ещё {} не показана", "ещё {} не показаны", "ещё {} не показаны"),
    "a chart of {} lane": ("диаграмма, {} дорожка", "диаграмма, {} дорожки", "диаграмма, {} дорожек"),
}
