-- wrk script: POST the bodies of a file in turn. First line: the headers as "name: value" joined by tabs.
local requests, place = {}, 0

function init(args)
  local headers = {}
  for line in io.lines(args[1]) do
    if #requests == 0 and next(headers) == nil then
      for name, value in string.gmatch(line, "([^:\t]+): ([^\t]*)") do headers[name] = value end
    else
      requests[#requests + 1] = wrk.format("POST", wrk.path, headers, line)
    end
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end
