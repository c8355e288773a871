using System.Text;
using System.Text.Json;

namespace CogVideoX.Emulator;

/// <summary>
/// A table of small modules that are checked one by one: a JSON object a line, with the columns <c>id</c>, <c>target</c>, <c>version</c>,
/// <c>wrap</c> and <c>text</c>, as <c>ptxas-13.md</c> beside the tests' reference numbers describes it. Other columns are left alone.
/// </summary>
public static class PtxTable
{
    private const int MostRowBytes = 4 << 20;

    private const string Entry = """
        .global .align 128 .b8 g[1024];
        .const .align 16 .b8 c[1024];
        .extern .shared .align 128 .b8 dyn[];
        .visible .entry k(.param .u64 a, .param .u32 n, .param .align 64 .b8 tm[128])
        {
        .reg .pred %p<9>;
        .reg .b16 %h<33>;
        .reg .b32 %r<145>;
        .reg .b64 %rd<65>;
        .reg .f32 %f<145>;
        .reg .f64 %fd<33>;
        .shared .align 128 .b8 s[1024];
        .local .align 16 .b8 l[64];

        """;

    /// <summary>Reads rows one after the other; empty lines are passed over.</summary>
    /// <exception cref="PtxTableException">A line isn't such a row; the message says which and why.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IEnumerable<PtxTableRow> Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var line = new StringBuilder();
        for (int number = 1; ReadLine(reader, line, number); number++)
        {
            string text = line.ToString();
            if (!string.IsNullOrWhiteSpace(text))
                yield return Row(text, number);
        }
    }

    /// <summary>The whole module that a row stands for.</summary>
    public static string Module(PtxTableRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        string head = $".version {row.Version}\n.target {row.Target}\n.address_size 64\n";
        return row.Wrap switch
        {
            "entry" => $"{head}{Entry}{row.Text}\nret;\n}}\n",
            "module" => $"{head}{row.Text}\n",
            _ => row.Text,
        };
    }

    /// <summary>Checks a row's module for the row's target. Lines are counted within the row's own text, from 1.</summary>
    public static PtxVerdict Check(PtxTableRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!PtxTarget.TryParse(row.Target, out PtxTarget device) || device.FirstVersion is null)
            return new PtxVerdict(false, $"unsupported .target {Printable.Quoted(row.Target)}", 0);
        PtxVerdict verdict = PtxCheck.Of(Module(row), device);
        int before = row.Wrap switch { "entry" => 3 + Entry.Count(c => c == '\n'), "module" => 3, _ => 0 };
        return verdict with { Line = Math.Max(0, verdict.Line - before) };
    }

    /// <summary>One line, which mustn't be longer than a row may be.</summary>
    private static bool ReadLine(TextReader reader, StringBuilder line, int number)
    {
        line.Clear();
        int next = reader.Read();
        if (next < 0)
            return false;
        for (; next >= 0 && next != '\n'; next = reader.Read())
        {
            if (line.Length >= MostRowBytes)
                throw new PtxTableException(number, $"the row is longer than {MostRowBytes} characters");
            line.Append((char)next);
        }
        return true;
    }

    private static PtxTableRow Row(string line, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new PtxTableException(number, "a row is a JSON object, with id, target, version, wrap and text");
            string wrap = Column(document.RootElement, "wrap", number);
            if (wrap is not ("entry" or "module" or "file"))
                throw new PtxTableException(number, $"wrap is {Printable.Quoted(wrap)}; it is entry, module or file");
            return new PtxTableRow(Column(document.RootElement, "id", number), Column(document.RootElement, "target", number),
                Column(document.RootElement, "version", number), wrap, Column(document.RootElement, "text", number));
        }
        catch (JsonException error)
        {
            throw new PtxTableException(number, $"the row isn't JSON, or is nested deeper than 4: {error.Message}");
        }
    }

    private static string Column(JsonElement row, string name, int number)
    {
        if (!row.TryGetProperty(name, out JsonElement value) || value.ValueKind != JsonValueKind.String)
            throw new PtxTableException(number, $"the row has no text called {name}; it needs id, target, version, wrap and text");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)   // half of a surrogate pair
        {
            throw new PtxTableException(number, $"the row's {name} has characters that no text has");
        }
    }
}
