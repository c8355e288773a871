using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Cli;
using CogVideoX.Fuzz.Mutation;
using CogVideoX.Fuzz.Running;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>Command lines, run in this process on a tiny checkpoint. All that they may name lies in the scratch folder.</summary>
internal sealed class CommandKind : IFuzzKind
{
    // a run that is larger than it should be is interrupted, as a person would
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly List<string[]> lines = [];
    private readonly List<string> words = [];
    private readonly Dictionary<string, byte[]> kept = [];
    private readonly Dictionary<string, (long Length, DateTime Written)> stamps = [];

    public string Name => "command";

    public void Prepare(string scratch)
    {
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", scratch);
        Environment.SetEnvironmentVariable("PATH", "");   // no ffmpeg: its time isn't ours
        Directory.SetCurrentDirectory(scratch);
        Repository.Copy(Repository.Goldens("checkpoints/2b"), Path.Combine(scratch, "model"));
        string cases = Repository.Goldens("ptx-cases");
        foreach (string file in Directory.GetFiles(cases, "vector_add.*").Append(Path.Combine(cases, "simt.ptx")))
            File.Copy(file, Path.Combine(scratch, Path.GetFileName(file)));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "CogVideoX.Samples.Kernels.dll"), Path.Combine(scratch, "samples.dll"));
        File.WriteAllText("prompts.txt", "a red circle\na blue square\n");
        File.WriteAllBytes("bytes.bin", [0xff, 0xfe, 0, 0x80]);
        string[] whole = Lines.Replace("\n    ", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.AddRange(whole.Select(line => line.Split(' ')));
        words.AddRange(lines.SelectMany(line => line).Distinct());
        words.AddRange(Hostile.Numbers.Concat(Hostile.Texts));
        Run(
            [
                "generate", "red", "--model", "model", "--steps", "1", "--frames", "1", "--width", "16", "--height", "16", "--save-latents",
                "l.safetensors", "-o", "video.png"]);
        foreach (string file in Files())
            kept.Add(file, File.ReadAllBytes(file));
        Restore();
        words.AddRange(
            [
                "model/transformer", "l.safetensors", "video.png", "--from", "prompts.txt", "bytes.bin", "vector_add.json",
                "vector_add.safetensors", "nowhere", "-h", "-?", "--version", "-v", "1/0", "24000/1001", "on", "off"]);
    }

    public FuzzInput Make(FuzzRandom random)
    {
        List<string> line = [.. random.Pick(lines)];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
            Change(random, line);
        string[] args = [.. line.Where(IsInside)];
        return new FuzzInput(() => new JsonArray([.. args.Select(a => (JsonNode)a)]).ToJsonString(), () =>
        {
            string? problem = Run(args);
            Restore();
            return problem;
        });
    }

    public bool IsExpected(Exception exception) => false;

    private static string? Run(string[] args)
    {
        using var stop = new CancellationTokenSource(Patience);
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = CommandLine.RunAsync(args, output, error, stop.Token).GetAwaiter().GetResult();
        string all = output.ToString() + error;
        if (all.Contains("   at CogVideoX.", StringComparison.Ordinal) || all.Contains("   at System.", StringComparison.Ordinal))
            return "a stack trace is printed, " + FirstFrame(all);
        if (code is not (0 or 1 or 2 or 130))
            return $"the exit code is {code}";
        if (code != 0 && error.ToString().Length == 0)
            return $"nothing is said about the exit code {code}";
        // results may be as long as what was asked
        return Printed.ProblemOfAll(error.ToString()) ?? Printed.ControlCharacter(output.ToString());
    }

    private static string FirstFrame(string text) =>
        Finding.FrameIn(text) is var ours and not "?"
            ? ours : text.Split('\n').First(line => line.StartsWith("   at ", StringComparison.Ordinal)).Trim();

    private void Change(FuzzRandom random, List<string> line)
    {
        int at = random.Next(line.Count);
        switch (random.Next(7))
        {
            case 0:
                line.RemoveAt(at); if (line.Count == 0)
                    line.Add("generate"); break;
            case 1: line.Insert(at, random.Pick(words)); break;
            case 2: line[at] = random.Pick(Hostile.Texts); break;
            case 3: line[at] = Mixed(random, line[at]); break;
            case 4: line.Insert(at, line[at]); break;
            default: line[at] = random.Pick(words); break;
        }
    }

    private static string Mixed(FuzzRandom random, string word) =>
        Encoding.UTF8.GetString(ByteMutator.Mutate(random, Encoding.UTF8.GetBytes(word)));

    /// <summary>No word may lead out of the scratch folder, whichever option takes it for a path.</summary>
    private bool IsInside(string word)
    {
        if (word.Contains("..", StringComparison.Ordinal) || word.Contains('~') || word.Contains('\\') || word.Contains(':'))
            return false;
        int slash = word.IndexOf('/');
        return slash < 0 || (slash > 0 && char.IsAsciiLetterOrDigit(word[slash - 1]) && !word.StartsWith('-'));
    }

    /// <summary>What a run made is gone before the next, and what it spoiled is as it was.</summary>
    private void Restore()
    {
        foreach (string file in Files().Where(file => !kept.ContainsKey(file)))
            File.Delete(file);
        foreach ((string file, byte[] bytes) in kept)
        {
            var info = new FileInfo(file);
            if (info.Exists && stamps.TryGetValue(file, out (long, DateTime) stamp) && stamp == (info.Length, info.LastWriteTimeUtc))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, bytes);
            info.Refresh();
            stamps[file] = (info.Length, info.LastWriteTimeUtc);
        }
    }

    // the compiler's cache stays: it is filled once
    private static string[] Files() =>
        [
            .. Directory.GetFiles(".", "*", SearchOption.AllDirectories)
                .Where(file => !file.StartsWith(Path.Combine(".", "cogvideox"), StringComparison.Ordinal))];

    private const string Lines = """
        generate red --model model --steps 1 --frames 1 --width 16 --height 16 -o out.png
        generate --from video.png --model model -o out.png
        generate red --model model --steps 1 --frames 1 --width 16 --height 16 -o out.safetensors --json
        generate --prompt-file prompts.txt --model model --steps 1 --frames 1 --width 16 --height 16 -o out.y4m --overwrite
        generate red --model model --steps 2 --frames 1 --width 16 --height 16 --guidance-scale 3 --dynamic-cfg on
            --sampler dpm --seed 3 --num-videos 2 -o out.y4m
        generate red --model model --steps 1 --frames 1 --width 16 --height 16 --save-latents l.safetensors
            --trace t.safetensors --threads 1 -o out.png
        generate red --model model --steps 3 --frames 1 --width 16 --height 16 --cache first-block -o out.png
        decode l.safetensors --model model -o out.png
        inspect model
        inspect model --json
        inspect model --width 720 --height 480 --frames 49
        inspect model --width 16 --height 16 --frames 9 --steps 3 --vae-tiling auto
        tokenize red circle --model model
        tokenize red --model model --max-sequence-length 226
        ptx run vector_add.json
        ptx run vector_add.json vector_add.json --json --max-thread-instructions 1000
        kernels list --assembly samples.dll
        kernels list --assembly samples.dll --json
        kernels show vector_add --assembly samples.dll --target sm_89 --source --check-bounds
        kernels verify vector_add --assembly samples.dll --cases .
        kernels profile vector_add --assembly samples.dll --cases . --json
        doctor
        """;
}
