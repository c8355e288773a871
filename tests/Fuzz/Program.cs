using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CogVideoX.Fuzz;
using CogVideoX.Fuzz.Kinds;
using CogVideoX.Fuzz.Mutation;
using CogVideoX.Fuzz.Running;

if (args is ["--child", var name, var run, var folder, var first, var step, var end])
    return Child.Run(name, ulong.Parse(run, CultureInfo.InvariantCulture), folder, Number(first), Number(step), Number(end));
if (args is ["--replay", var replayed, var seedText])
    return Replay(FuzzKinds.Find(replayed), ulong.Parse(seedText, CultureInfo.InvariantCulture));

string kinds = "all", output = "fuzz-findings.jsonl";
long inputs = 100_000;
ulong seed = 1;
int jobs = Environment.ProcessorCount;
for (int i = 0; i < args.Length; i += 2)
{
    string? value = i + 1 < args.Length ? args[i + 1] : null;
    switch (args[i])
    {
        case "--kind" when value is not null: kinds = value; break;
        case "--inputs" when value is not null: inputs = Number(value); break;
        case "--seed" when value is not null: seed = ulong.Parse(value, CultureInfo.InvariantCulture); break;
        case "--jobs" when value is not null: jobs = (int)Number(value); break;
        case "--output" when value is not null: output = value; break;
        default:
            Console.Error.WriteLine(
                $"'{args[i]}' isn't understood: --kind NAME|all --inputs N --seed N --jobs N --output FILE, or --replay KIND SEED");
            return 2;
    }
}
return Supervise(kinds == "all" ? FuzzKinds.All : [FuzzKinds.Find(kinds)]);

// in memory where there is such a place
static string Scratch() => Directory.CreateDirectory(Path.Combine(
    Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"cogvideox-fuzz-{Environment.ProcessId}")).FullName;

static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

// Inputs of each kind are of one run: input 5 of a kind is the same however many jobs there are.
int Supervise(IReadOnlyList<IFuzzKind> chosen)
{
    string scratch = Scratch();
    var all = new List<Finding>();
    try
    {
        foreach (IFuzzKind kind in chosen)
        {
            long began = Stopwatch.GetTimestamp(), share = inputs / chosen.Count;
            all.AddRange(new Supervisor(kind.Name, seed, share, jobs, scratch).Run());
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            string speed = string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s, {share / seconds:F0} a second");
            Console.Error.WriteLine($"{kind.Name}: {share} inputs in {speed}");
        }
    }
    finally
    {
        Directory.Delete(scratch, recursive: true);
    }
    Finding[] groups =
    [
        .. all.GroupBy(f => f.Group).Select(g => g.First() with { Count = g.Max(f => f.Count) })
            .OrderBy(f => f.Group, StringComparer.Ordinal),
    ];
    File.WriteAllLines(output, groups.Select(f => JsonSerializer.Serialize(f)));
    foreach (Finding f in groups)
    {
        Console.WriteLine(
            $"{f.Group}\n  seed {f.Seed}, {f.Count} times at least: "
            + $"{new string([.. f.Message.Take(200).Select(c => char.IsControl(c) ? '?' : c)])}");
    }
    Console.WriteLine(
        groups.Length == 0 ? "nothing found" : $"{groups.Length} groups of findings in {output}; repeat one with --replay KIND SEED");
    return groups.Length == 0 ? 0 : 1;
}

static int Replay(IFuzzKind kind, ulong seed)
{
    string scratch = Scratch();
    try
    {
        kind.Prepare(scratch);
        FuzzInput input = kind.Make(new FuzzRandom(seed));
        Console.WriteLine(input.Text());
        Console.WriteLine(input.Run() is { } problem ? $"WRONG: {problem}" : "nothing is wrong with it");
        return 0;
    }
    catch (Exception exception)
    {
        Console.WriteLine($"{(kind.IsExpected(exception) ? "refused" : "UNEXPECTED")}: {exception}");
        return 1;
    }
    finally
    {
        Directory.SetCurrentDirectory(Path.GetTempPath());
        Directory.Delete(scratch, recursive: true);
    }
}
