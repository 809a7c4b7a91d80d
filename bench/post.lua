-- wrk script: POST the bodies of a file in turn. First line: the headers as "name: value" joined by tabs.
-- A second file holds DPoP proofs, one per line: each request takes one that no other takes.
local headers, bodies, requests, proofs, place = nil, {}, {}, nil, 0

function init(args)
  for line in io.lines(args[1]) do
    if headers == nil then
      headers = {}
      for name, value in string.gmatch(line, "([^:\t]+): ([^\t]*)") do headers[name] = value end
    else
      bodies[#bodies + 1] = line
      requests[#requests + 1] = wrk.format("POST", wrk.path, headers, line)
    end
  end
  if args[2] then
    proofs = {}
    for line in io.lines(args[2]) do proofs[#proofs + 1] = line end
  end
end

function request()
  place = place + 1
  local number = (place - 1) % #requests + 1
  -- Where the proofs have run out the request goes without one, is refused, and the run counts for nothing.
  if proofs == nil or proofs[place] == nil then return requests[number] end
  headers["DPoP"] = proofs[place]
  local made = wrk.format("POST", wrk.path, headers, bodies[number])
  headers["DPoP"] = nil
  return made
end
