import type { components } from "./schema";

type Schemas = components["schemas"];

export type Session = Schemas["SessionOut"];
export type Workflow = Schemas["WorkflowOut"];
export type SessionInput = Schemas["SessionInput"];
export type WorkflowSummary = Schemas["WorkflowSummary"];
export type Generation = Schemas["GenerationOut"];
export type GenerationOutput = Schemas["GenerationOutput"];
export type GenerationStatus = Schemas["GenerationStatus"];
export type LoraUsed = Schemas["LoraUsed"];
export type GenerateInput = Schemas["GenerateInput"];
/** Of what `/active` lists the generations; no page shows tasks. */
export type ActiveItem = Schemas["ActiveGeneration"];
export type OptionLists = Schemas["OptionLists"];
export type Profile = Schemas["ProfileOut"];
export type ProfileInput = Schemas["ProfileInput"];
export type Provider = Schemas["Provider"];
export type ConnectionReport = Schemas["ConnectionReport"];
export type Health = Schemas["Health"];
export type Service = Schemas["Service"];
export type Stats = Schemas["Stats"];
export type Queue = Schemas["QueueOut"];
export type Media = Schemas["MediaOut"];
export type Conversation = Schemas["ConversationOut"];
export type ConversationFound = Schemas["ConversationFound"];
export type ConversationWithMessages = Schemas["ConversationWithMessages"];
export type ConversationInput = Schemas["ConversationInput"];
export type ConversationPatch = Schemas["ConversationPatch"];
export type Message = Schemas["MessageOut"];
export type Project = Schemas["ProjectOut"];
export type SavedPrompt = Schemas["PromptOut"];
export type Preset = Schemas["PresetOut"];
export type Backend = Schemas["BackendOut"];
export type BackendChanged = Schemas["BackendChanged"];
export type Me = Schemas["MeOut"];
export type AuthStatus = Schemas["StatusOut"];
export type SignedIn = Schemas["SignedInOut"];

export type GenerationEvent =
  | Schemas["GenerationQueued"]
  | Schemas["GenerationStarted"]
  | Schemas["GenerationProgress"]
  | Schemas["GenerationPreview"]
  | Schemas["GenerationCompleted"]
  | Schemas["GenerationFailed"]
  | Schemas["GenerationCancelled"];
export type ResourceChanged = Schemas["ResourceChanged"];
export type Notification = Schemas["Notification"];
