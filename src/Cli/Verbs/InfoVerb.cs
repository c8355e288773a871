using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>info</c>: the settings that a file keeps.</summary>
internal static class InfoVerb
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = CommonOptions.PathArgument<string>("file");
        file.Description = "A video, a folder of PNG files, latents or other tensors, or a checkpoint";
        Option<bool> json = CommonOptions.Json();
        var command = new Command("info", "Show what a file was made from: prompt, seed and every other setting") { file, json };
        command.SetAction(parsed =>
        {
            FileReport report = Read(parsed.GetRequiredValue(file));
            if (parsed.GetValue(json))
                terminal.WriteJson(Answer.Of(report));
            else
                Print(terminal.Output, report);
            return ExitCode.Done;
        });
        return command;
    }

    private static FileReport Read(string path)
    {
        try
        {
            return FileReport.Read(path);
        }
        catch (MetadataException exception)
        {
            throw new UsageException("file", exception.Message, exception);
        }
    }

    private static void Print(TextWriter output, FileReport report)
    {
        string more = report.Kind == FileReport.Checkpoint ? $" (cogvideox inspect {Shell.Quote(report.Path)} shows what is in it)" : "";
        output.WriteLine(Printable.Line($"{report.Path}: {report.Kind}{more}"));
        foreach ((string name, string tensor) in report.Tensors)
            Row(name, tensor);
        if (report.Settings is not { } settings)
            return;
        Row("prompt", settings.Prompt);
        Row("negative-prompt", settings.NegativePrompt);
        Row("seed", $"{settings.Seed}");
        foreach ((string name, JsonNode? value) in settings.Settings)
            Row(name, value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value?.ToJsonString() ?? "null");

        void Row(string name, string value) => output.WriteLine(Printable.Line($"  {name,-20} {value}").TrimEnd());
    }

    /// <summary>What <c>--json</c> prints.</summary>
    private sealed record Answer(
        string Path, string Kind, string? Prompt, string? NegativePrompt, ulong? Seed, IReadOnlyDictionary<string, JsonNode?>? Settings,
        IReadOnlyDictionary<string, string> Tensors)
    {
        public static Answer Of(FileReport report) => new(
            System.IO.Path.GetFullPath(report.Path), report.Kind, report.Settings?.Prompt, report.Settings?.NegativePrompt,
            report.Settings?.Seed, report.Settings?.Settings, report.Tensors);
    }
}
