using System.Text;
using CogVideoX.Emulator;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>ptx check</c>: what ptxas would say to files, or to the rows of a table.</summary>
internal sealed class PtxChecks(Terminal terminal, bool json)
{
    private const int MostFileBytes = 64 << 20;

    /// <summary>A line a file; 0 if all of them are accepted, 1 if not, 2 if one can't be read.</summary>
    public int Files(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var answers = new List<object>();
        int code = ExitCode.Done;
        foreach (string path in paths)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                PtxVerdict verdict = PtxCheck.Of(Read(path));
                code = Math.Max(code, verdict.Accepts == true ? ExitCode.Done : ExitCode.Failed);
                answers.Add(new { File = path, verdict.Accepts, verdict.Line, verdict.Message, verdict.Entries });
                if (!json)
                    terminal.Output.WriteLine(Line(path, verdict));
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                terminal.Say($"cogvideox: {FileErrors.Describe(problem)}");
                answers.Add(new { File = path, Error = FileErrors.Describe(problem) });
                code = ExitCode.WrongUsage;
            }
        }
        if (json)
            terminal.WriteJson(answers);
        return code;
    }

    /// <summary>A line a row; 0 if every row could be judged, whatever the verdict.</summary>
    /// <exception cref="UsageException">The table can't be read, or has what isn't a row.</exception>
    public int Table(string path, CancellationToken cancellation)
    {
        var answers = new List<object>();
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            foreach (PtxTableRow row in PtxTable.Read(reader))
            {
                cancellation.ThrowIfCancellationRequested();
                PtxVerdict verdict = PtxTable.Check(row);
                if (json)
                    answers.Add(new { row.Id, verdict.Accepts, verdict.Message });
                else
                    terminal.Output.WriteLine($"{row.Id}: {(verdict.Accepts == true ? "accepted" : verdict.Message)}");
            }
        }
        catch (PtxTableException unfit)
        {
            throw new UsageException("--table", $"{path}, {unfit.Message}", unfit);
        }
        catch (DecoderFallbackException unfit)
        {
            throw new UsageException("--table", $"{path} isn't UTF-8 text, as a table of rows in JSON is", unfit);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException("--table", FileErrors.Describe(problem), problem);
        }
        if (json)
            terminal.WriteJson(answers);
        return ExitCode.Done;
    }

    private static string Line(string path, PtxVerdict verdict) =>
        verdict.Accepts == true ? $"{path}: accepted{Registers(verdict)}" : $"{path}:{verdict.Line}: {verdict.Message}";

    private static string Registers(PtxVerdict verdict) => string.Concat(verdict.Entries.Select(entry =>
        $"; {entry.Entry} takes about {entry.Registers} registers{(entry.MaySpill ? $", all of its {entry.Budget}, and may spill" : "")}"));

    /// <summary>A file's bytes as characters: what isn't ASCII stays visible, so that it is refused where it stands.</summary>
    private static string Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        var bytes = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int count = file.Read(buffer); count > 0; count = file.Read(buffer))
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > MostFileBytes)
                throw new InvalidDataException($"{path} has more than {MostFileBytes >> 20} MiB; no module of PTX is as large.");
        }
        return Encoding.Latin1.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
