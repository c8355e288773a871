using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>The kernels of the cases, each as a small module of its own with the case that launches it.</summary>
internal static class PtxModules
{
    /// <summary>Cases whose data are few, so that launching one costs next to nothing.</summary>
    private const int MostDataBytes = 100_000;

    /// <summary>nvcc's kernels, and ours with what those don't have: printf, malloc, structs by value, cooperative launches.</summary>
    private static string[] Folders =>
        [Repository.Goldens("ptx-cases"), Path.Combine(Repository.Root, "tests", "Emulator.Tests", "Cases", "Planted")];

    /// <summary>Writes each with its case into a folder of its own.</summary>
    public static IEnumerable<SpoilableCase> Write(string scratch)
    {
        string[] texts = [.. Files("*.ptx").Select(File.ReadAllText)];
        IReadOnlyList<string> vocabulary = TextMutator.Vocabulary(texts);
        foreach (string path in Files("*.json"))
        {
            JsonNode one = JsonNode.Parse(File.ReadAllBytes(path))!;
            byte[] data = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, (string)one["data"]!));
            string entry = $".entry {(string)one["entry"]!}(";
            if (data.Length > MostDataBytes || texts.FirstOrDefault(t => t.Contains(entry, StringComparison.Ordinal)) is not { } text)
                continue;
            one["module"] = "case.ptx";
            one["data"] = "case.safetensors";
            string alone = Alone(text, entry);
            string place = Directory.CreateDirectory(Path.Combine(scratch, Path.GetFileNameWithoutExtension(path))).FullName;
            var spoilable = new SpoilableCase(Path.Combine(place, "case.json"), one, data, alone, new TextMutator(alone, vocabulary));
            spoilable.Write(Encoding.UTF8.GetBytes(one.ToJsonString()), data, Encoding.UTF8.GetBytes(alone));
            yield return spoilable;
        }
    }

    private static IEnumerable<string> Files(string pattern) =>
        Folders.SelectMany(folder => Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal));

    /// <summary>What stands before the first kernel, and the kernel, without the lines about its source.</summary>
    private static string Alone(string text, string entry)
    {
        int start = text.IndexOf(entry, StringComparison.Ordinal), end = text.IndexOf(".entry ", start + 1, StringComparison.Ordinal);
        if (end < 0)
            end = text.IndexOf("\t.file", start, StringComparison.Ordinal);
        if (end < 0)
            end = text.Length - 1;
        string kernel = text[start..(text.LastIndexOf('}', end) + 1)], head = text[..text.IndexOf(".entry", StringComparison.Ordinal)];
        head = head[..(head.LastIndexOf('\n') + 1)];
        return head + ".visible " + string.Join('\n', kernel.Split('\n').Where(line => !line.Contains(".loc\t", StringComparison.Ordinal)));
    }
}
