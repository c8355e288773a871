using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>The kernels of the cases, each as a small module of its own with the case that launches it.</summary>
internal static class PtxModules
{
    /// <summary>Cases whose data are few, so that launching one costs next to nothing.</summary>
    private const int MostDataBytes = 100_000;

    public static IEnumerable<(string CasePath, string Text, TextMutator Mutator)> Read()
    {
        string folder = Repository.Goldens("ptx-cases");
        string[] all = [.. Directory.GetFiles(folder, "*.ptx").Order(StringComparer.Ordinal)];
        Dictionary<string, string> texts = all.ToDictionary(path => path, File.ReadAllText);
        string[] vocabulary = [.. texts.Values];
        foreach (string path in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            if (new FileInfo(Path.ChangeExtension(path, ".safetensors")).Length > MostDataBytes) continue;
            string entry = $".entry {Path.GetFileNameWithoutExtension(path)}(";
            if (texts.Values.FirstOrDefault(t => t.Contains(entry, StringComparison.Ordinal)) is not { } text) continue;
            string alone = Alone(text, entry);
            yield return (path, alone, new TextMutator(alone, vocabulary));
        }
    }

    /// <summary>What stands before the first kernel, and the kernel, without the lines about its source.</summary>
    private static string Alone(string text, string entry)
    {
        int start = text.IndexOf(entry, StringComparison.Ordinal), end = text.IndexOf(".entry ", start + 1, StringComparison.Ordinal);
        if (end < 0) end = text.IndexOf("\t.file", start, StringComparison.Ordinal);
        string kernel = text[start..(text.LastIndexOf('}', end) + 1)], head = text[..text.IndexOf(".entry", StringComparison.Ordinal)];
        head = head[..(head.LastIndexOf('\n') + 1)];
        return head + ".visible " + string.Join('\n', kernel.Split('\n').Where(line => !line.Contains(".loc\t", StringComparison.Ordinal)));
    }
}
