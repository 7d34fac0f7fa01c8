-- What is known at the moment of departure, and whether the flight arrived late.
--
-- `date` is when the flight really left, so hour and weekday are known then. `delay` is the answer itself: nothing may be
-- derived from it but the target.
SELECT
  date,
  origin,
  destination,
  distance::INTEGER AS distance,
  hour(date)::INTEGER AS hour,
  isodow(date)::INTEGER AS weekday,
  delay > 15 AS late
FROM source
WHERE delay IS NOT NULL
ORDER BY date, origin, destination, distance, delay
