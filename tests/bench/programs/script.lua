-- Recursion, tables, closures, methods, strings and patterns, floating point: what scripts do.

local function fibonacci(n) return n < 2 and n or fibonacci(n - 1) + fibonacci(n - 2) end

local function primes(limit)
  local sieve, count = {}, 0
  for i = 2, limit do sieve[i] = true end
  for i = 2, limit do
    if sieve[i] then
      count = count + 1
      for multiple = i * i, limit, i do sieve[multiple] = false end
    end
  end
  return count
end

local function words(times)
  local text = string.rep("the quick brown fox jumps over the lazy dog ", times)
  local counts = {}
  for word in text:gmatch("%a+") do counts[word] = (counts[word] or 0) + 1 end
  local names = {}
  for name in pairs(counts) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do names[i] = string.format("%s=%d", name, counts[name]) end
  return table.concat(names, " "), #text:gsub("o%a", string.upper)
end

local function sorted(count)
  local numbers, state = {}, 1
  for i = 1, count do
    state = (state * 1103515245 + 12345) & 0x7fffffff
    numbers[i] = state
  end
  table.sort(numbers, function(a, b) return a > b end)
  return numbers[1], numbers[count // 2], numbers[count]
end

local Account = {}
Account.__index = Account

function Account.new() return setmetatable({balance = 0}, Account) end
function Account:deposit(amount) self.balance = self.balance + amount end

local function accounts(times)
  local all = {}
  for i = 1, 100 do all[i] = Account.new() end
  for i = 1, times do all[i % 100 + 1]:deposit(i * 0.5) end
  local sum = 0
  for _, account in ipairs(all) do sum = sum + account.balance end
  return sum
end

local function matrix(size)
  local a, sum = {}, 0
  for i = 1, size do
    a[i] = {}
    for j = 1, size do a[i][j] = 1 / (i + j - 1) end
  end
  for i = 1, size do
    for j = 1, size do
      local product = 0
      for k = 1, size do product = product + a[i][k] * a[k][j] end
      sum = sum + product
    end
  end
  return sum
end

print(fibonacci(24))
print(primes(150000))
print(words(1500))
print(sorted(15000))
print(accounts(150000))
print(string.format("%.9f", matrix(60)))
