using System.Text.Json;
using CogVideoX.Fuzz.Kinds;
using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz.Running;

/// <summary>The process that eats inputs. It may die of any of them: it says which one before it begins.</summary>
internal sealed class Child(IFuzzKind kind, ulong run, Progress progress, TextWriter findings)
{
    private const int Batch = 2000;
    private const long MostGarbage = 150_000_000;

    private readonly Dictionary<string, long> counts = [];

    /// <param name="folder">scratch of this child</param> <param name="first">number of the first input</param>
    /// <param name="step">to the next one</param>
    public static int Run(string kindName, ulong run, string folder, long first, long step, long end)
    {
        using var progress = new Progress(Path.Combine(folder, "progress"));
        using var findings = new StreamWriter(Path.Combine(folder, "findings.jsonl"), append: true) { AutoFlush = true };
        IFuzzKind kind = FuzzKinds.Find(kindName);
        string scratch = Path.Combine(folder, "scratch");
        if (Directory.Exists(scratch))
            Directory.Delete(scratch, recursive: true);
        kind.Prepare(Directory.CreateDirectory(scratch).FullName);
        new Child(kind, run, progress, findings).Eat(first, step, end);
        progress.IsFinished = true;
        return 0;
    }

    /// <summary>What became of one input, or null if nothing is wrong.</summary>
    public static Finding? Judge(IFuzzKind kind, ulong seed)
    {
        FuzzInput input = kind.Make(new FuzzRandom(seed));
        try
        {
            return input.Run() is { } problem ? new Finding(kind.Name, seed, "answer", Short(problem), problem) : null;
        }
        catch (Exception exception) when (kind.IsExpected(exception))
        {
            return Printed.Problem(exception.Message) is { } problem
                ? Finding.Of(kind.Name, seed, $"message of {exception.GetType().Name}, {Short(problem)}", exception) : null;
        }
        catch (Exception exception)
        {
            return Finding.Of(kind.Name, seed, exception.GetType().Name, exception);
        }
    }

    private void Eat(long first, long step, long end)
    {
        long eaten = 0;
        for (long i = first; i < end; i += step)
        {
            progress.Input = i + 1;
            if (Judge(kind, FuzzRandom.SeedOf(run, i)) is { } finding)
                Note(finding);
            // garbage isn't growth: what is there after this is held by somebody
            if (++eaten % Batch == 0 || GC.GetTotalMemory(forceFullCollection: false) > MostGarbage)
                GC.Collect();
        }
    }

    private void Note(Finding finding)
    {
        long count = counts[finding.Group] = counts.GetValueOrDefault(finding.Group) + 1;
        if (long.IsPow2(count))
            findings.WriteLine(JsonSerializer.Serialize(finding with { Count = count }));
    }

    // what stands after a colon differs from one to the next
    private static string Short(string problem) => problem.Split(": ")[0];
}
